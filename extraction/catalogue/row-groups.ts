/** Groups of rows that agree in some integer columns, without a text or object a row. */

export type IntColumn = ArrayLike<number>;

export interface RowGroups {
  /** group of each row; groups are numbered in order of appearance */
  readonly group: Uint32Array;
  /** first row of each group */
  readonly first: readonly number[];
}

/** Groups rows by the values of the columns (integers of 32 bits; NaN equals NaN). */
export function groupRows(columns: readonly IntColumn[], count: number): RowGroups {
  const group = new Uint32Array(count);
  const first: number[] = [];
  // Open addressing: a slot holds a group's number plus one.
  const size = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * count)));
  const slots = new Uint32Array(size);
  for (let row = 0; row < count; row++) {
    let slot = hashOf(columns, row) & (size - 1);
    for (; slots[slot] !== 0; slot = (slot + 1) & (size - 1)) {
      if (sameRows(columns, first[slots[slot]! - 1]!, row)) break;
    }
    if (slots[slot] === 0) slots[slot] = first.push(row);
    group[row] = slots[slot]! - 1;
  }
  return { group, first };
}

function hashOf(columns: readonly IntColumn[], row: number): number {
  let hash = 0;
  for (const column of columns) {
    hash = Math.imul(hash ^ column[row]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

function sameRows(columns: readonly IntColumn[], one: number, other: number): boolean {
  for (const column of columns) if (!Object.is(column[one], column[other])) return false;
  return true;
}
