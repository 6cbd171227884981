/** Every key of a record as the text that `--where` compares: the keys of `polyfst ls`, blanks trimmed, and `level` and `hour`. */
import type { RecordTable } from '../../schemas/vocabulary.js';
import { textAt } from '../catalogue/fixed-text.js';
import { shortestDecimal } from './decimal.js';
import { decodeIp } from './ip.js';
import { stampToIso } from './time.js';

/** A scanned file with the name that the key `file` compares. */
export interface NamedTable {
  readonly path: string;
  readonly table: RecordTable;
}

type TextOf = (file: NamedTable, row: number) => string;

const chars =
  (key: 'nomvar' | 'typvar' | 'etiket' | 'grtyp', width: number): TextOf =>
  ({ table }, row) =>
    textAt(table[key], width, row).trim();

type NumberColumn = Exclude<
  keyof RecordTable,
  'container' | 'count' | 'complete' | 'nomvar' | 'typvar' | 'etiket' | 'grtyp' | 'metadata' | 'metadataStart'
>;

const digits =
  (key: NumberColumn): TextOf =>
  ({ table }, row) =>
    String(table[key][row]);

const iso =
  (key: 'dateo' | 'datev'): TextOf =>
  ({ table }, row) =>
    stampToIso(table[key][row]!) ?? '';

/** Lead time in hours. */
export function hourOf(table: RecordTable, row: number): number {
  return (table.deet[row]! * table.npas[row]!) / 3600;
}

/** Decoded ip1 as the shortest decimal that gives its float32; empty where ip1 means nothing. */
function levelText({ table }: NamedTable, row: number): string {
  const level = decodeIp(table.ip1[row]!);
  return level === null ? '' : String(shortestDecimal(level.value));
}

export const RECORD_TEXTS: Readonly<Record<string, TextOf>> = {
  file: ({ path }) => path,
  row: (_, row) => String(row),
  nomvar: chars('nomvar', 4),
  typvar: chars('typvar', 2),
  etiket: chars('etiket', 12),
  grtyp: chars('grtyp', 1),
  ip1: digits('ip1'),
  ip2: digits('ip2'),
  ip3: digits('ip3'),
  ni: digits('ni'),
  nj: digits('nj'),
  nk: digits('nk'),
  deet: digits('deet'),
  npas: digits('npas'),
  ig1: digits('ig1'),
  ig2: digits('ig2'),
  ig3: digits('ig3'),
  ig4: digits('ig4'),
  datyp: digits('datyp'),
  nbits: digits('nbits'),
  // as `ls` prints it: XDF has no place for the size
  data_bits: ({ table }, row) => String(table.dasiz[row]! === 0 && table.container === 'xdf' ? 32 : table.dasiz[row]!),
  dateo: digits('dateo'),
  datev: digits('datev'),
  dateo_iso: iso('dateo'),
  datev_iso: iso('datev'),
  level: levelText,
  hour: ({ table }, row) => String(hourOf(table, row)),
  file_offset: digits('offset'),
  total_stored_bytes: digits('bytes'),
};
