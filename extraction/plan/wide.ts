/**
 * Which parameters of a selection have records that float32 cannot hold: 64-bit reals, and integers of more bits than a
 * float32 has digits. Their values are read once more in the type of the record (read/exact.ts).
 */
import { type Datacube, runOf } from '../datacube.js';
import { NO_ROW, type Selection } from '../selection.js';

/** Bits of the whole numbers that float32 holds without gaps. */
const FLOAT32_DIGITS = 24;
const TYPE = 63;

/** Whether a record of this type and width may hold values that float32 rounds. */
export function isWide(datyp: number, nbits: number): boolean {
  const type = datyp & TYPE;
  return type === 5 ? nbits > 32 : (type === 2 || type === 4) && nbits > FLOAT32_DIGITS;
}

/** Numbers of the params with a wide record, their own or their partner component's. */
export function wideParams(selection: Selection, cube: Datacube): Set<number> {
  const width = selection.params.length;
  const found = new Set<number>();
  let run: ReturnType<typeof runOf> | undefined;
  for (const rows of [selection.rows, selection.partners ?? []]) {
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      if (row === NO_ROW) continue;
      if (run === undefined || row < run.firstRow || row >= run.firstRow + run.index.count) run = runOf(cube, row);
      const { datyp, nbits } = run.index.columns;
      const local = row - run.firstRow;
      if (isWide(datyp[local]!, nbits[local]!)) found.add(at % width);
    }
  }
  return found;
}
