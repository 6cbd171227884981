/**
 * The metadata table: a row a record, columns as they are scanned and what follows from them (levels, dates, member, grid).
 * For one file the numeric columns are the scanned ones, not copies. Columns and their types: docs/library.md#table.
 */
import type { TableColumn } from '../../formats/table-column.js';
import { intern } from '../catalogue/fixed-text.js';
import { groupRows } from '../catalogue/row-groups.js';
import { readDescriptors } from '../grid/descriptor-reader.js';
import { isGrid, resolveGrid } from '../grid/descriptors.js';
import { gridId } from '../grid/identity.js';
import { deriveKeys } from '../keys.js';
import type { RawColumns } from '../run-index.js';
import { decodeIps, kindName, OLD_STYLE_MAX } from './ip.js';
import { joinTables } from './joined-table.js';
import { onCore, type ScannedFile } from './scanned-file.js';
import { stampsToMs } from './time.js';

const GRID_DIGITS = 16;

/** Unit labels of levels as the table spells them, where that is not the label of the kind itself. */
const LEVEL_TYPES: Readonly<Record<number, string>> = { 2: 'hPa', 3: 'code' };

function textColumn(name: string, column: Uint8Array, width: number, count: number): TableColumn {
  const { ids, texts } = intern(column, width, count);
  return { name, type: 'text', values: new Int32Array(ids.buffer, ids.byteOffset, ids.length), texts };
}

/** Texts that are computed a row; empty means null. */
function computedTexts(name: string, count: number, textOf: (row: number) => string): TableColumn {
  const numbers = new Map<string, number>();
  const values = new Int32Array(count);
  const valid = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const text = textOf(row);
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    values[row] = number;
    valid[row] = text === '' ? 0 : 1;
  }
  return { name, type: 'text', values, texts: [...numbers.keys()], valid };
}

const asSigned = (column: Uint32Array): Int32Array => new Int32Array(column.buffer, column.byteOffset, column.length);

/** Kind and value of an ip column, null where it stands for nothing (and, for ip2 and ip3, where it is a plain number). */
function ipColumns(prefix: string, ips: Int32Array, plainIsNull: boolean): TableColumn[] {
  const { kinds, values } = decodeIps(ips);
  const valid = Uint8Array.from(kinds, (kind, row) =>
    kind < 0 || (plainIsNull && ips[row]! <= OLD_STYLE_MAX) ? 0 : 1,
  );
  return [
    { name: `${prefix}_kind`, type: 'int8', values: kinds, valid },
    { name: `${prefix}_level`, type: 'float32', values, valid },
  ];
}

/** Whether ip1 and ip3 bound a layer, ip2 and ip3 an interval (docs/formats/encoding.md#triplets). */
function spans(raw: RawColumns, count: number): { readonly layer: Uint8Array; readonly interval: Uint8Array } {
  const layer = new Uint8Array(count);
  const interval = new Uint8Array(count);
  const third = decodeIps(raw.ip3).kinds;
  const first = decodeIps(raw.ip1).kinds;
  const second = decodeIps(raw.ip2).kinds;
  for (let row = 0; row < count; row++) {
    if (raw.ip3[row]! <= OLD_STYLE_MAX) continue;
    if (third[row] === 10 && second[row] === 10 && raw.ip2[row]! > OLD_STYLE_MAX) interval[row] = 1;
    else if (third[row]! >= 0 && third[row]! <= 6 && third[row] === first[row]) layer[row] = 1;
  }
  return { layer, interval };
}

/** Identity of the grid of every row, empty where it has none; each combination of file and grid keys is resolved once. */
async function gridIds(
  files: readonly ScannedFile[],
  raw: RawColumns,
  count: number,
  signal?: AbortSignal,
): Promise<(row: number) => string> {
  const keys = [raw.file, raw.grtyp, raw.ni, raw.nj, raw.ig1, raw.ig2, raw.ig3, raw.ig4];
  const { group, first } = groupRows(keys, count);
  const fileOf = new Map(files.map((file) => [file.table, file]));
  const tables = files.map(({ table }) => table);
  const ids: string[] = [];
  for (const row of first) {
    const { table } = files[raw.file[row]!]!;
    const others = tables.filter((other) => other !== table);
    const read = (from: typeof table, rows: readonly number[]): Promise<Float64Array[]> =>
      onCore(() => readDescriptors({ path: fileOf.get(from)!.path }, from.container, from, rows), signal);
    try {
      const def = await resolveGrid(table, raw.row[row]!, read, others);
      ids.push(isGrid(def) ? gridId(def).slice(0, GRID_DIGITS) : '');
    } catch {
      signal?.throwIfAborted();
      ids.push(''); // a descriptor that cannot be read takes its grid away, not the table
    }
  }
  return (row) => ids[group[row]!]!;
}

/** Columns of the metadata table of some files. */
export async function metadataColumns(files: readonly ScannedFile[], signal?: AbortSignal): Promise<TableColumn[]> {
  const { count, columns: raw } = joinTables(files);
  const derived = deriveKeys(raw, count, { rules: [] }).columns;
  const { layer, interval } = spans(raw, count);
  const { kinds } = decodeIps(raw.ip1);
  const gridOf = await gridIds(files, raw, count, signal);
  const int32 = (name: string, values: Int32Array): TableColumn => ({ name, type: 'int32', values });
  const signed = (name: 'ip1' | 'ip2' | 'ip3' | 'ig1' | 'ig2' | 'ig3' | 'ig4' | 'deet' | 'npas' | 'dateo' | 'datev') =>
    int32(name, raw[name]);
  const flag = (name: string, bit: number): TableColumn => ({
    name,
    type: 'bool',
    values: raw.datyp.map((datyp) => ((datyp & bit) === 0 ? 0 : 1)),
  });
  return [
    textColumn('nomvar', raw.nomvar, 4, count),
    textColumn('typvar', raw.typvar, 2, count),
    textColumn('etiket', raw.etiket, 12, count),
    textColumn('grtyp', raw.grtyp, 1, count),
    signed('dateo'),
    signed('datev'),
    signed('deet'),
    signed('npas'),
    signed('ip1'),
    signed('ip2'),
    signed('ip3'),
    signed('ig1'),
    signed('ig2'),
    signed('ig3'),
    signed('ig4'),
    int32('ni', asSigned(raw.ni)),
    int32('nj', asSigned(raw.nj)),
    int32('nk', asSigned(raw.nk)),
    { name: 'datyp', type: 'uint8', values: raw.datyp },
    { name: 'nbits', type: 'uint8', values: raw.nbits },
    { name: 'date_of_observation', type: 'timestamp', values: stampsToMs(raw.dateo) },
    { name: 'date_of_validity', type: 'timestamp', values: stampsToMs(raw.datev) },
    {
      name: 'forecast_hour',
      type: 'float64',
      values: Float64Array.from(raw.deet, (deet, row) => (deet * raw.npas[row]!) / 3600),
    },
    ...ipColumns('ip', raw.ip1, false),
    computedTexts('level_type', count, (row) => LEVEL_TYPES[kinds[row]!] ?? kindName(kinds[row]!) ?? ''),
    ...ipColumns('ip2', raw.ip2, true),
    ...ipColumns('ip3', raw.ip3, true),
    { name: 'bounded', type: 'bool', values: layer },
    flag('missing', 64),
    flag('compressed', 128),
    { name: 'interval', type: 'bool', values: interval },
    {
      name: 'member',
      type: 'int16',
      values: Int16Array.from(derived.number),
      valid: Uint8Array.from(derived.number, (number) => (number >= 0 && number <= 32767 ? 1 : 0)),
    },
    computedTexts('grid_id', count, gridOf),
    {
      name: 'path',
      type: 'text',
      values: asSigned(raw.file),
      texts: files.map(({ path }) => path),
    },
    { name: 'offset', type: 'int64', values: raw.offset },
    { name: 'length', type: 'int64', values: raw.bytes },
    int32('key', asSigned(raw.row)),
  ];
}
