/** `polyfst ls FILE…`: every record of a file in directory order, as NDJSON or as a table. */
import { decodeIp } from '../extraction/fst/ip.js';
import { stampToIso } from '../extraction/fst/time.js';
import { scan } from '../native/index.js';
import type { RecordTable } from '../schemas/vocabulary.js';
import { complain, EXIT, LineWriter, report } from './output.js';

const ascii = new TextDecoder('latin1');

/** Blank-padded characters of a fixed-width column. */
export function chars(column: Uint8Array, width: number, row: number): string {
  return ascii.decode(column.subarray(row * width, (row + 1) * width));
}

/** The keys of one record, as `ls --json` prints them. */
export function recordLine(file: string, table: RecordTable, row: number) {
  const dateo = table.dateo[row]!;
  const datev = table.datev[row]!;
  return {
    file,
    row,
    nomvar: chars(table.nomvar, 4, row),
    typvar: chars(table.typvar, 2, row),
    etiket: chars(table.etiket, 12, row),
    grtyp: chars(table.grtyp, 1, row),
    ip1: table.ip1[row]!,
    ip2: table.ip2[row]!,
    ip3: table.ip3[row]!,
    ni: table.ni[row]!,
    nj: table.nj[row]!,
    nk: table.nk[row]!,
    deet: table.deet[row]!,
    npas: table.npas[row]!,
    ig1: table.ig1[row]!,
    ig2: table.ig2[row]!,
    ig3: table.ig3[row]!,
    ig4: table.ig4[row]!,
    datyp: table.datyp[row]!,
    nbits: table.nbits[row]!,
    data_bits: table.dasiz[row]!,
    dateo,
    datev,
    dateo_iso: stampToIso(dateo),
    datev_iso: stampToIso(datev),
    level: decodeIp(table.ip1[row]!),
    file_offset: table.offset[row]!,
    total_stored_bytes: table.bytes[row]!,
  };
}

type Line = ReturnType<typeof recordLine>;

const HEADINGS = [
  'row',
  'nomvar',
  'tv',
  'etiket',
  'level',
  'hour',
  'ip2',
  'ip3',
  'origin',
  'ni x nj x nk',
  'grid',
  'type',
];

function tableRow(line: Line): string[] {
  const level = line.level === null ? String(line.ip1) : `${line.level.value} ${line.level.name}`;
  return [
    String(line.row),
    line.nomvar,
    line.typvar,
    line.etiket,
    level,
    String((line.deet * line.npas) / 3600),
    String(line.ip2),
    String(line.ip3),
    line.dateo_iso ?? String(line.dateo),
    `${line.ni} x ${line.nj} x ${line.nk}`,
    `${line.grtyp} ${line.ig1} ${line.ig2} ${line.ig3} ${line.ig4}`,
    `${line.datyp}/${line.nbits}`,
  ];
}

async function printTable(out: LineWriter, file: string, table: RecordTable): Promise<void> {
  const cells = Array.from({ length: table.count }, (_, row) => tableRow(recordLine(file, table, row)));
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...cells.map((row) => row[i]!.length)));
  const format = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  await out.line(`${file}  (${table.container.toUpperCase()}, ${table.count} records)`);
  await out.line(format(HEADINGS));
  for (const row of cells) await out.line(format(row));
}

/** Lists files; a file that cannot be read is named on stderr and makes the exit code 3 (1 when none could be read). */
export async function ls(files: readonly string[], options: { json?: boolean }): Promise<number> {
  const out = new LineWriter();
  let listed = 0;
  for (const file of files) {
    try {
      const table = await scan({ path: file });
      if (!table.complete) complain(`${file}: still open for writing, or cut short; the committed records are listed`);
      if (options.json === true) {
        for (let row = 0; row < table.count; row++) await out.json(recordLine(file, table, row));
      } else {
        await printTable(out, file, table);
      }
      listed++;
    } catch (error) {
      report(error);
    }
  }
  await out.flush();
  if (listed === files.length) return EXIT.ok;
  return listed === 0 ? EXIT.failed : EXIT.partial;
}
