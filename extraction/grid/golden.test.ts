/** Positions, inverse, interpolation and winds against what the reference library says of its own files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import * as native from '../../native/index.js';
import { FeatureError } from '../../schemas/problem.js';
import { shared, skipWithout } from '../../test/paths.js';
import { textAt } from '../catalogue/fixed-text.js';
import { gridCoordinates } from './coords.js';
import { gridOfRow, type ProbeFile, type ProbeLine, probe } from './probe.js';
import { angleBetween, DEGREE } from './sphere.js';
import { directionOf, speedOf } from './winds.js';

interface GoldenRecord {
  readonly nomvar: string;
  readonly grtyp: string;
  readonly lonlat?: { readonly file: string; readonly offset: number; readonly count: number; readonly error?: string };
}

interface Golden {
  readonly records: readonly GoldenRecord[];
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

async function open(path: string): Promise<ProbeFile> {
  return { source: { path }, table: await native.scan({ path }) };
}

function lonlat(path: string, record: GoldenRecord): Float32Array {
  const { file, offset, count } = record.lonlat!;
  const bytes = readFileSync(join(dirname(path), file));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + 8 * count));
}

const FILES = [
  'grids.xdf.fst',
  'grids.rsf.fst',
  'hybrid.xdf.fst',
  'hybrid.rsf.fst',
  'ensemble.rsf.fst',
  'run/2026112100_000',
];

describe('positions of the reference files', () => {
  for (const name of FILES) {
    const path = shared('fst', name);
    it(name, { skip: skipWithout(path, name) }, async () => {
      const golden = readJson<Golden>(`${path}.json`);
      const file = await open(path!);
      let compared = 0;
      for (const [row, record] of golden.records.entries()) {
        if (!record.lonlat || record.lonlat.error) continue;
        const grid = await gridOfRow(file, row);
        const own = await gridCoordinates(grid.def);
        const theirs = lonlat(path!, record);
        const count = own.length / 2;
        assert.equal(count, record.lonlat.count);
        for (let k = 0; k < count; k++) {
          const apart = angleBetween(own[k]!, own[count + k]!, theirs[k]!, theirs[count + k]!) / DEGREE;
          assert.ok(apart < 2e-4, `row ${row} ${record.grtyp} point ${k}: ${apart} degrees`);
        }
        compared++;
      }
      assert.ok(compared > 0);
    });
  }
});

interface Interpolated {
  readonly scalar: readonly number[];
  readonly speed: readonly number[];
  readonly direction: readonly number[];
}

interface InterpGrid {
  readonly grid: { readonly grtyp: string; readonly ni: number };
  readonly scalar_record: { readonly nomvar: string; readonly ip3: number };
  readonly uu_vv_ip3: number;
  readonly lat: readonly number[];
  readonly lon: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly nearest: Interpolated;
  readonly linear: Interpolated;
  readonly node_winds?: Record<'index' | 'grid_u' | 'grid_v' | 'speed' | 'direction', readonly number[]>;
}

function rowOf(file: ProbeFile, nomvar: string, grtyp: string, ip3: number): number {
  const { table } = file;
  for (let row = 0; row < table.count; row++) {
    const same = textAt(table.nomvar, 4, row) === nomvar && textAt(table.grtyp, 1, row) === grtyp;
    if (same && table.ip3[row] === ip3) return row;
  }
  return assert.fail(`no ${nomvar} on ${grtyp} with ip3 ${ip3}`);
}

const turn = (a: number, b: number): number => Math.abs(((a - b + 540) % 360) - 180);

/** The places that can be compared: inside, and (U) on the same side of the seam, which the reference puts a cell away. */
function comparable(golden: InterpGrid, lines: readonly ProbeLine[]): number[] {
  return [...lines.keys()].filter((n) => {
    const { inside, x, y } = lines[n]!;
    if (!inside || n >= lines.length - 3) return false;
    return golden.grid.grtyp !== 'U' || (Math.abs(x! - golden.x[n]!) < 1 && Math.abs(y! - golden.y[n]!) < 1);
  });
}

describe('interpolation in the reference file', () => {
  const path = shared('fst', 'interp.json');
  const data = shared('fst', 'grids.xdf.fst');
  const skip = skipWithout(path && data, 'interp.json');
  const grids = path ? readJson<{ grids: InterpGrid[] }>(path).grids : [];
  for (const golden of grids) {
    const { grtyp } = golden.grid;
    // the reference takes the wrong rows there
    const reliable = (n: number): boolean => grtyp !== 'G' || golden.y[n]! >= 2;

    it(`scalars on ${grtyp}, ip3 ${golden.scalar_record.ip3}`, { skip }, async () => {
      const file = await open(data!);
      const row = rowOf(file, golden.scalar_record.nomvar.trim(), grtyp, golden.scalar_record.ip3);
      const lines = await probe(
        file,
        row,
        golden.lat.map((lat, n) => [lat, golden.lon[n]!] as const),
      );
      const places = comparable(golden, lines);
      assert.ok(places.length >= 45);
      for (const n of places) {
        const line = lines[n]!;
        assert.ok(Math.abs(line.x! - golden.x[n]!) < 1e-3 && Math.abs(line.y! - golden.y[n]!) < 1e-3, `place ${n}`);
        // half-way columns and the seam apart, the reference rounds to the same point
        assert.equal(Math.fround(line.nearest!), Math.fround(golden.nearest.scalar[n]!), `nearest of place ${n}`);
        if (reliable(n)) assert.ok(Math.abs(line.linear! - golden.linear.scalar[n]!) < 2e-4, `linear of place ${n}`);
      }
    });

    it(`winds on ${grtyp}, ip3 ${golden.uu_vv_ip3}`, { skip }, async () => {
      const file = await open(data!);
      const row = rowOf(file, 'UU', grtyp, golden.uu_vv_ip3);
      const lines = await probe(
        file,
        row,
        golden.lat.map((lat, n) => [lat, golden.lon[n]!] as const),
      );
      for (const n of comparable(golden, lines).filter(reliable)) {
        const { speed, direction } = lines[n]!;
        assert.ok(Math.abs(speed! - golden.linear.speed[n]!) < 1e-3 * speed! + 1e-5, `speed of place ${n}`);
        const slack = 1e-3 + 1e-3 / speed!;
        assert.ok(turn(direction!, golden.linear.direction[n]!) < slack, `direction of place ${n}`);
      }
      const nodes = golden.node_winds;
      if (!nodes) return;
      const turns = await (await gridOfRow(file, row)).rotation(Uint32Array.from(nodes.index));
      nodes.index.forEach((_, n) => {
        const [c, s] = [turns[2 * n]!, turns[2 * n + 1]!];
        const [u, v] = [nodes.grid_u[n]!, nodes.grid_v[n]!];
        const [east, north] = [c * u - s * v, s * u + c * v];
        assert.ok(Math.abs(speedOf(east, north) - nodes.speed[n]!) < 1e-4);
        assert.ok(turn(directionOf(east, north), nodes.direction[n]!) < 1e-2);
      });
    });
  }
});

describe('a field without its axes', () => {
  const path = shared('fst', 'grids.rsf.fst');
  it('says which records are missing', { skip: skipWithout(path, 'grids.rsf.fst') }, async () => {
    const file = await open(path!);
    const row = rowOf(file, 'TT', 'Z', 49);
    await assert.rejects(
      gridOfRow(file, row),
      (error) => error instanceof FeatureError && error.code === 'grid_error' && /ip1 9/.test(error.message),
    );
  });

  it('takes them from another file', { skip: skipWithout(path, 'grids.rsf.fst') }, async () => {
    const file = await open(path!);
    const row = rowOf(file, 'TT', 'Z', 34);
    const { table } = file;
    const bare: ProbeFile = {
      ...file,
      table: { ...table, nomvar: table.nomvar.map((letter) => (letter === 0x3e ? 0x20 : letter)) },
    };
    await assert.rejects(gridOfRow(bare, row));
    assert.equal((await gridOfRow(bare, row, [file])).id, (await gridOfRow(file, row)).id);
  });
});
