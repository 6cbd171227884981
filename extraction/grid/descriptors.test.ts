import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import type { GridColumns } from './descriptor-index.js';
import { isGrid, requireGrid, resolveGrid } from './descriptors.js';
import { encodeE } from './encode-params.js';
import { openGrid } from './grid.js';
import { YIN_YANG } from './sample-grids.js';

interface Row {
  readonly nomvar: string;
  readonly grtyp: string;
  readonly shape: readonly [number, number];
  readonly ip?: readonly [number, number, number];
  readonly ig?: readonly [number, number, number, number];
  readonly file?: number;
  readonly values?: readonly number[];
}

interface Table extends GridColumns {
  readonly rows: readonly Row[];
}

function tableOf(...rows: Row[]): Table {
  const numbers = (get: (row: Row) => number): Int32Array => Int32Array.from(rows, get);
  const text = (get: (row: Row) => string): Uint8Array =>
    Uint8Array.from(Buffer.from(rows.map(get).join(''), 'latin1'));
  const ip = (n: number): Int32Array => numbers((row) => row.ip?.[n] ?? 0);
  const ig = (n: number): Int32Array => numbers((row) => row.ig?.[n] ?? 0);
  return {
    rows,
    count: rows.length,
    nomvar: text((row) => row.nomvar.padEnd(4)),
    grtyp: text((row) => row.grtyp),
    ni: Uint32Array.from(rows, (row) => row.shape[0]),
    nj: Uint32Array.from(rows, (row) => row.shape[1]),
    ...{ ip1: ip(0), ip2: ip(1), ip3: ip(2), ig1: ig(0), ig2: ig(1), ig3: ig(2), ig4: ig(3) },
    file: numbers((row) => row.file ?? 0),
  };
}

let reads = 0;
const read = async (table: Table, rows: readonly number[]): Promise<Float64Array[]> => {
  reads += rows.length;
  return rows.map((row) => Float64Array.from(table.rows[row]!.values ?? []));
};

const L = [100, 100, 9000, 0] as const;
const field = (grtyp: string, shape: readonly [number, number], ig: Row['ig'], file = 0): Row => ({
  nomvar: 'TT',
  grtyp,
  shape,
  ig: ig!,
  file,
});
const axis = (nomvar: string, values: readonly number[], ip: Row['ip'], more: Partial<Row> = {}): Row => ({
  nomvar,
  grtyp: 'L',
  shape: nomvar === '>>' ? [values.length, 1] : [1, values.length],
  ip: ip!,
  ig: L,
  values,
  ...more,
});

describe('grids of records', () => {
  it('with parameters of their own need no descriptor', async () => {
    const def = await requireGrid(tableOf(field('L', [10, 5], [100, 100, 9000, 0])), 0, read);
    assert.deepEqual(def, { grtyp: 'L', ni: 10, nj: 5, ig: [100, 100, 9000, 0] });
  });

  it('take axes whose tags and sizes fit, and keep them', async () => {
    const table = tableOf(
      axis('>>', [1, 2, 3, 4], [1, 2, 3]),
      axis('>>', [1, 2, 3], [1, 2, 3]),
      axis('^^', [7, 8], [1, 2, 3]),
      axis('>>', [5, 6, 7], [1, 2, 4]),
      axis('^^', [7, 8], [1, 2, 4]),
      field('Z', [3, 2], [1, 2, 3, 0]),
      field('Z', [3, 2], [1, 2, 4, 0]),
    );
    const def = await requireGrid(table, 5, read);
    assert.deepEqual([...def.ax!, ...def.ay!, def.ref!.grtyp], [1, 2, 3, 7, 8, 'L']);
    assert.deepEqual([...(await requireGrid(table, 6, read)).ax!], [5, 6, 7]);
    const before = reads;
    assert.equal(await requireGrid(table, 5, read), def);
    assert.equal(reads, before);
  });

  it('prefer the descriptors of their own file', async () => {
    const table = tableOf(
      axis('>>', [1, 2], [1, 2, 3], { file: 0 }),
      axis('^^', [3, 4], [1, 2, 3], { file: 0 }),
      axis('>>', [11, 12], [1, 2, 3], { file: 1 }),
      axis('^^', [13, 14], [1, 2, 3], { file: 1 }),
      field('Z', [2, 2], [1, 2, 3, 0], 1),
      field('Z', [2, 2], [1, 2, 3, 0], 2),
    );
    assert.deepEqual([...(await requireGrid(table, 4, read)).ax!], [11, 12]);
    assert.deepEqual([...(await requireGrid(table, 5, read)).ax!], [1, 2]);
  });

  it('fall back on other tables, and say what is missing', async () => {
    const table = tableOf(field('Z', [2, 2], [1, 2, 3, 0]));
    const missing = await resolveGrid(table, 0, read);
    assert.ok(!isGrid(missing) && missing.code === 'grid_error' && /ip1 1, ip2 2, ip3 3/.test(missing.unsupported));
    await assert.rejects(
      requireGrid(table, 0, read),
      (error) => error instanceof FeatureError && error.code === 'grid_error',
    );
    const other = tableOf(axis('>>', [1, 2], [1, 2, 3]), axis('^^', [3, 4], [1, 2, 3]));
    assert.deepEqual([...(await requireGrid(table, 0, read, [other])).ay!], [3, 4]);
  });

  it('cut tiles out of parent axes, whatever ip3', async () => {
    const table = tableOf(
      axis('>>', [1, 2, 3, 4, 5], [1, 2, 99]),
      axis('^^', [10, 20, 30, 40], [1, 2, 99]),
      field('#', [2, 3], [1, 2, 4, 2]),
      field('#', [2, 3], [1, 2, 5, 2]),
    );
    const def = await requireGrid(table, 2, read);
    assert.deepEqual(
      [[...def.ax!], [...def.ay!]],
      [
        [4, 5],
        [20, 30, 40],
      ],
    );
    assert.ok(!isGrid(await resolveGrid(table, 3, read)));
  });

  it('list places: two-dimensional descriptors, stations, meshes', async () => {
    const square = [1, 2, 3, 4, 5, 6];
    const table = tableOf(
      { ...axis('>>', square, [1, 2, 3]), shape: [3, 2] },
      { ...axis('^^', square, [1, 2, 3]), shape: [3, 2] },
      { nomvar: '##', grtyp: 'X', shape: [3, 2], ip: [1, 2, 3], values: [1, 2, 3, 4, 5, 6] },
      field('Y', [3, 2], [1, 2, 3, 0]),
      field('Z', [3, 2], [1, 2, 3, 0]),
      field('M', [6, 1], [1, 2, 3, 0]),
      field('X', [3, 2], [0, 0, 0, 0]),
    );
    assert.deepEqual([...(await requireGrid(table, 3, read)).ax!], square);
    assert.equal((await requireGrid(table, 4, read)).grtyp, 'Y');
    // node 6 of 6 and no node 0: the file counts from 1
    assert.deepEqual([...(await requireGrid(table, 5, read)).triangles!], [0, 1, 2, 3, 4, 5]);
    const none = await resolveGrid(table, 6, read);
    assert.ok(!isGrid(none) && none.code === 'unsupported_grid');
  });

  it('put two panels together, rotations in 1/40 degree', async () => {
    const ax = [...YIN_YANG.panels![0].ax!];
    const ay = [...YIN_YANG.panels![0].ay!];
    const block = (...points: number[]): number[] => [141, 51, 39, 319, -50, 50, ...points, ...ax, ...ay];
    const values = [70, 1, 2, 1, 1, ...block(0.004, 180, 0, 270.003), ...block(0, 0, 90, 0)];
    const table = tableOf(
      { nomvar: '^>', grtyp: 'F', shape: [values.length, 1], ip: [1, 2, 3], ig: [1, 0, 0, 0], values },
      field('U', [141, 102], [1, 2, 3, 0]),
      field('U', [141, 100], [1, 2, 3, 0]),
    );
    const def = await requireGrid(table, 1, read);
    assert.equal(openGrid(def).id, openGrid({ ...YIN_YANG }).id);
    assert.deepEqual(def.panels![1].ref!.ig, encodeE(0, 0, 90, 0));
    assert.ok(!isGrid(await resolveGrid(table, 2, read)));
  });

  it('map rows and columns onto a projection', async () => {
    const text = '+proj=merc +a=6371000 +b=6371000 +no_defs';
    const table = tableOf(
      { nomvar: 'PROJ', grtyp: 'X', shape: [text.length, 1], ip: [1, 2, 3], values: [...Buffer.from(text)] },
      { nomvar: 'MTRX', grtyp: 'X', shape: [6, 1], ip: [1, 2, 3], values: [0, 1e5, 0, 0, 0, 1e5] },
      field('W', [3, 2], [1, 2, 3, 0]),
    );
    const def = await requireGrid(table, 2, read);
    assert.ok(Math.abs(def.ax![2]! - (2e5 / 6371000) * (180 / Math.PI)) < 1e-9);
    assert.ok(Math.abs(def.ay![3]! - (Math.atan(Math.sinh(1e5 / 6371000)) * 180) / Math.PI) < 1e-9);
  });

  it('of unknown letters have no geometry', async () => {
    const found = await resolveGrid(tableOf(field('!', [3, 2], [1, 2, 3, 0])), 0, read);
    assert.ok(!isGrid(found) && found.code === 'unsupported_grid');
  });
});
