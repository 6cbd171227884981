/** Keys of rows of a run index, for picking the records of a benchmark. */
import type { RunIndex } from '../extraction/run-index.js';

/** A text key without its blanks. */
export function textOfRow(column: Uint8Array, width: number, row: number): string {
  return Buffer.from(column.subarray(width * row, width * (row + 1)))
    .toString('latin1')
    .trim();
}

export const levelOfRow = ({ columns }: RunIndex, row: number): number => columns.level[row]!;
