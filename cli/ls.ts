/** `polyfst ls FILE…`: every record of a file in directory order, as NDJSON or as a table. */
import { decodeIp } from '../extraction/fst/ip.js';
import { stampToIso } from '../extraction/fst/time.js';
import { parseWhere, rowsWhere } from '../extraction/fst/where.js';
import { scan } from '../native/index.js';
import { FeatureError } from '../schemas/problem.js';
import type { RecordTable } from '../schemas/vocabulary.js';
import { complain, EXIT, LineWriter, report, UsageError } from './output.js';

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
    // XDF has no place for the size: elements are read as 32 bits where the type does not say more
    data_bits: table.dasiz[row]! === 0 && table.container === 'xdf' ? 32 : table.dasiz[row]!,
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

async function printTable(out: LineWriter, file: string, table: RecordTable, rows: readonly number[]): Promise<void> {
  const cells = rows.map((row) => tableRow(recordLine(file, table, row)));
  const widths = HEADINGS.map((heading, i) =>
    cells.reduce((most, row) => Math.max(most, row[i]!.length), heading.length),
  );
  const format = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  const shown = rows.length === table.count ? '' : `${rows.length} of `;
  await out.line(`${file}  (${table.container.toUpperCase()}, ${shown}${table.count} records)`);
  await out.line(format(HEADINGS));
  for (const row of cells) await out.line(format(row));
}

export interface LsFlags {
  readonly json?: boolean;
  readonly where: readonly string[];
  readonly arrow?: string;
  readonly parquet?: string;
}

/** The listing as a table file: one row a record, columns as docs/conversions.md has them. */
async function listInto(files: readonly string[], where: readonly string[], format: 'arrow' | 'parquet', out: string) {
  const { convert } = await import('../extraction/convert/convert.js');
  const { signal } = new AbortController();
  return convert({ inputs: files, out, format, where, options: new Map(), signal });
}

function conditionsOf(texts: readonly string[]) {
  try {
    return parseWhere(texts);
  } catch (error) {
    throw error instanceof FeatureError ? new UsageError(error.message) : error;
  }
}

/** Lists files; a file that cannot be read is named on stderr and makes the exit code 3 (1 when none could be read). */
export async function ls(files: readonly string[], { json, where, arrow, parquet }: LsFlags): Promise<number> {
  const holds = conditionsOf(where);
  for (const [format, target] of Object.entries({ arrow, parquet })) {
    if (target !== undefined) await listInto(files, where, format as 'arrow' | 'parquet', target);
  }
  if ((arrow ?? parquet) !== undefined && json !== true) return EXIT.ok;
  const out = new LineWriter();
  let listed = 0;
  for (const file of files) {
    try {
      const table = await scan({ path: file });
      if (!table.complete) complain(`${file}: still open for writing, or cut short; the committed records are listed`);
      const rows = where.length === 0 ? allRows(table.count) : rowsWhere({ path: file, table }, holds);
      if (json === true) for (const row of rows) await out.json(recordLine(file, table, row));
      else await printTable(out, file, table, rows);
      listed++;
    } catch (error) {
      report(error);
    }
  }
  await out.flush();
  if (listed === files.length) return EXIT.ok;
  return listed === 0 ? EXIT.failed : EXIT.partial;
}

const allRows = (count: number): number[] => Array.from({ length: count }, (_, row) => row);
