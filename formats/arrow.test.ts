import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeatureError } from '../schemas/problem.js';
import { decodeTable, emptyColumns, encodeTable } from './arrow.js';

const shape = { offset: 'f64', ip1: 'i32', kind: 'i8', ni: 'u32', grid: 'u16', flags: 'u8', nomvar: 'text:4' } as const;

function sample(count: number) {
  const columns = emptyColumns(shape, count);
  for (let row = 0; row < count; row++) {
    columns.offset[row] = row * 2 ** 33 + 0.5;
    columns.ip1[row] = -row;
    columns.kind[row] = (row % 9) - 1;
    columns.ni[row] = 0xffff_ffff - row;
    columns.grid[row] = row % 65_536;
    columns.flags[row] = row % 256;
    columns.nomvar.set(new TextEncoder().encode(`V${row % 100}`.padEnd(4)), row * 4);
  }
  return columns;
}

const damaged = (error: unknown): boolean => error instanceof FeatureError && error.code === 'damaged_file';

describe('Arrow tables', () => {
  it('come back as written, with their metadata', () => {
    for (const count of [0, 1, 7, 1000]) {
      const columns = sample(count);
      const back = decodeTable(shape, encodeTable(shape, columns, count, { run: 'x', files: '[]' }));
      assert.equal(back.count, count);
      assert.deepEqual(back.columns, columns);
      assert.equal(back.metadata.get('run'), 'x');
    }
  });

  it('are views of the bytes, not copies', () => {
    const bytes = encodeTable(shape, sample(100), 100, {});
    const { columns } = decodeTable(shape, bytes);
    for (const column of Object.values(columns)) assert.equal(column.buffer, bytes.buffer);
  });

  it('refuse bytes that are no table, and tables of another shape', () => {
    const bytes = encodeTable(shape, sample(10), 10, {});
    assert.throws(() => decodeTable(shape, new Uint8Array(100)), damaged);
    assert.throws(() => decodeTable(shape, bytes.subarray(0, 300)), damaged);
    assert.throws(() => decodeTable({ ...shape, missing: 'f64' }, bytes), damaged);
    assert.throws(() => decodeTable({ ...shape, ip1: 'f64' }, bytes), damaged);
    assert.throws(() => decodeTable({ ...shape, nomvar: 'text:12' }, bytes), damaged);
  });
});
