/** `polyfst info FILE…`: what files hold, in a few lines: variables, levels, times, grids, sizes. */

import { shortestDecimal } from '../extraction/fst/decimal.js';
import { openFst } from '../extraction/fst/file.js';
import type { FstRecord } from '../extraction/fst/record.js';
import { DESCRIPTORS } from '../extraction/keys.js';
import { nativeParam } from '../schemas/params.js';
import { complain, EXIT, LineWriter, report } from './output.js';

interface Variable {
  readonly nomvar: string;
  readonly description: string;
  readonly unit: string;
  records: number;
  readonly levels: Set<string>;
  readonly times: Set<string>;
}

interface GridSummary {
  readonly grtyp: string;
  readonly ni: number;
  readonly nj: number;
  readonly kind: string | null;
  readonly south: number | null;
  readonly west: number | null;
  readonly north: number | null;
  readonly east: number | null;
  records: number;
}

const iso = (date: Date | null): string => date?.toISOString().replace('.000', '') ?? 'undated';

function levelText(record: FstRecord): string {
  if (record.ip1 === 0) return 'surface';
  const { level } = record;
  return level === null ? `ip1 ${record.ip1}` : `${shortestDecimal(level.value)} ${level.name}`.trim();
}

function addVariable(variables: Map<string, Variable>, record: FstRecord): void {
  const { nomvar } = record;
  let variable = variables.get(nomvar);
  if (variable === undefined) {
    const { description, unit } = nativeParam(nomvar);
    variable = { nomvar, description, unit, records: 0, levels: new Set(), times: new Set() };
    variables.set(nomvar, variable);
  }
  variable.records++;
  variable.levels.add(levelText(record));
  variable.times.add(iso(record.validity));
}

type Extent = Pick<GridSummary, 'kind' | 'south' | 'west' | 'north' | 'east'>;

const UNPLACED: Extent = { kind: null, south: null, west: null, north: null, east: null };

/** Everything about one file. */
async function summary(path: string) {
  await using file = await openFst(path);
  const variables = new Map<string, Variable>();
  const grids = new Map<string, GridSummary>();
  const origins = new Set<string>();
  const packings = new Map<string, number>();
  let bytes = 0;
  const records = file.find();
  for (const record of records) {
    bytes += record.bytes;
    if (DESCRIPTORS.has(record.nomvar) || record.typvar === '@@') continue;
    addVariable(variables, record);
    origins.add(iso(record.origin));
    const packing = `${record.datyp}/${record.nbits}`;
    packings.set(packing, (packings.get(packing) ?? 0) + 1);
    const { grtyp, ni, nj, ig1, ig2, ig3, ig4 } = record;
    const key = `${grtyp} ${ni} ${nj} ${ig1} ${ig2} ${ig3} ${ig4}`;
    const known = grids.get(key);
    if (known !== undefined) known.records++;
    else grids.set(key, { grtyp, ni, nj, records: 1, ...(await extentOf(() => file.grid(record))) });
  }
  const { container, complete } = file.files[0]!.table;
  return {
    file: path,
    container,
    complete,
    records: records.length,
    bytes,
    origins: [...origins].sort(),
    variables: [...variables.values()].map(({ levels, times, ...rest }) => ({
      ...rest,
      levels: [...levels],
      times: [...times].sort(),
    })),
    grids: [...grids.values()],
    packings: Object.fromEntries(packings),
  };
}

async function extentOf(
  open: () => Promise<{ kind: string; latlon(): Promise<{ lat: Float64Array; lon: Float64Array }> }>,
): Promise<Extent> {
  try {
    const grid = await open();
    const { lat, lon } = await grid.latlon();
    const round = (value: number): number => Math.round(value * 1e4) / 1e4;
    const ends = (values: Float64Array): readonly [number, number] => {
      let [low, high] = [Infinity, -Infinity];
      for (const value of values) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      return [round(low), round(high)];
    };
    const [south, north] = ends(lat);
    const [west, east] = ends(lon);
    return { kind: grid.kind, south, west, north, east };
  } catch {
    return UNPLACED; // a grid without its descriptors still has a shape to tell
  }
}

type Summary = Awaited<ReturnType<typeof summary>>;

const list = (values: readonly string[], most = 6): string =>
  values.length <= most
    ? values.join(', ')
    : `${values.slice(0, most - 1).join(', ')} … ${values.at(-1)} (${values.length})`;

async function print(out: LineWriter, found: Summary): Promise<void> {
  await out.line(`${found.file}: ${found.container.toUpperCase()}, ${found.records} records, ${found.bytes} bytes`);
  await out.line(`  origin      ${list(found.origins)}`);
  for (const { nomvar, description, unit, records, levels, times } of found.variables) {
    await out.line(`  ${nomvar.padEnd(4)}  ${String(records).padStart(6)}  ${description} [${unit}]`);
    await out.line(`              levels ${list(levels)}; valid ${list(times, 3)}`);
  }
  for (const { grtyp, ni, nj, kind, south, west, north, east, records } of found.grids) {
    const where = kind === null ? 'no place' : `${kind}, lat ${south} to ${north}, lon ${west} to ${east}`;
    await out.line(`  grid        ${grtyp} ${ni} x ${nj}, ${where} (${records} records)`);
  }
  const packings = Object.entries(found.packings).map(([packing, count]) => `${packing} ${count}`);
  await out.line(`  datyp/nbits ${list(packings, 8)}`);
}

/** A file that cannot be read is named on stderr and makes the exit code 3 (1 when none could be read). */
export async function info(paths: readonly string[], flags: { readonly json?: boolean }): Promise<number> {
  const out = new LineWriter();
  let told = 0;
  for (const path of paths) {
    try {
      const found = await summary(path);
      if (!found.complete) complain(`${path}: still open for writing, or cut short; the committed records are counted`);
      if (flags.json === true) await out.json(found);
      else await print(out, found);
      told++;
    } catch (error) {
      report(error);
    }
  }
  await out.flush();
  if (told === paths.length) return EXIT.ok;
  return told === 0 ? EXIT.failed : EXIT.partial;
}
