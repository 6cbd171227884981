/**
 * Regions against brute force over every point: random rings (poles and seams too), circles and tubes on random rotated,
 * polar, regular and Yin-Yang grids; invariance under turns of longitude; complements; growth of the work.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRing } from '../../schemas/feature-ring.js';
import type { LatLon, TrajectoryVertex } from '../../schemas/vocabulary.js';
import { fc } from '../../test/fast-check.js';
import { openGrid } from '../grid/grid.js';
import type { Grid } from '../grid/grid-type.js';
import { axis, G4, latLonGrid, packRotation, polarGrid, rotatedGrid, yinYangGrid } from './fixture-grids.js';
import type { RegionGrid } from './grid-view.js';
import { RegionFinder } from './region.js';
import type { Shape } from './shape.js';
import { capShape, circleShape, polygonShape } from './shapes.js';
import { expand, type Spans } from './spans.js';
import { tubeParts, tubeShape } from './tube.js';

let serial = 0;

async function search(grid: RegionGrid, shape: Shape): Promise<{ spans: Spans; finder: RegionFinder }> {
  const finder = new RegionFinder();
  return { spans: await finder.find(grid, shape, String(serial++)), finder };
}

/** Even-odd test straight from the definition, on every turn; points within 1e-7 of an edge are left open (undefined). */
function inRing(ring: readonly LatLon[], lat: number, lon: number): boolean | undefined {
  let inside = false;
  for (let turn = -3; turn <= 3; turn++) {
    const x = lon + 360 * turn;
    let odd = false;
    for (let v = 0; v < ring.length; v++) {
      const [y0, x0] = ring[v]!;
      const [y1, x1] = ring[(v + 1) % ring.length]!;
      const length = (y1 - y0) ** 2 + (x1 - x0) ** 2;
      const t = length > 0 ? Math.max(0, Math.min(1, ((lat - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / length)) : 0;
      if (Math.hypot(lat - y0 - t * (y1 - y0), x - x0 - t * (x1 - x0)) < 1e-7) return undefined;
      if (y0 > lat !== y1 > lat && x < x0 + ((lat - y0) / (y1 - y0)) * (x1 - x0)) odd = !odd;
    }
    inside ||= odd;
  }
  return inside;
}

/** Storage offsets that count: no repeated column, owned points of Yin-Yang grids only. */
async function countedPoints(grid: RegionGrid): Promise<Set<number>> {
  const everything = polygonShape([
    {
      outer: [
        [-90, -180],
        [-90, 180],
        [90, 180],
        [90, -180],
      ],
      holes: [],
    },
  ]);
  if ('owned' in grid) {
    const points = Uint32Array.from({ length: grid.ni * grid.nj }, (_, k) => k);
    const owned = await (grid as Grid).owned(points);
    return new Set(points.filter((k) => owned[k] === 1));
  }
  if (grid.panels) return new Set(expand((await search(grid, everything)).spans));
  const all = Array.from({ length: grid.ni * grid.nj }, (_, k) => k);
  return new Set(all.filter((k) => k % grid.ni < grid.columns));
}

async function compare(grid: RegionGrid, spans: Spans, oracle: (lat: number, lon: number) => boolean | undefined) {
  const found = new Set(expand(spans));
  const counted = await countedPoints(grid);
  const { lat, lon } = await grid.latlon();
  for (let k = 0; k < lat.length; k++) {
    const expected = counted.has(k) ? oracle(lat[k]!, lon[k]!) : false;
    if (expected !== undefined) assert.equal(found.has(k), expected, `point ${k} at ${lat[k]}, ${lon[k]}`);
  }
}

function checkSpans(spans: Spans): void {
  let sum = 0;
  for (let s = 0; s < spans.start.length; s++) {
    if (s > 0) assert.ok(spans.start[s]! > spans.start[s - 1]! + spans.length[s - 1]!);
    assert.ok(spans.length[s]! > 0);
    sum += spans.length[s]!;
  }
  assert.equal(sum, spans.count);
}

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const rotatedArb = fc
  .record({
    ni: fc.integer({ min: 2, max: 50 }),
    nj: fc.integer({ min: 2, max: 40 }),
    dx: degrees(0.3, 3),
    dy: degrees(0.3, 2),
    lat1: degrees(-80, 80),
    lon1: degrees(0, 359),
    turn: degrees(20, 160),
  })
  .map(({ ni, nj, dx, dy, lat1, lon1, turn }) =>
    rotatedGrid(
      axis(ni, 180 - ((ni - 1) * dx) / 2, dx, true),
      axis(nj, (-(nj - 1) * dy) / 2, dy, true),
      packRotation(lat1, lon1, Math.max(-85, Math.min(85, lat1 / 2 + 10)), (lon1 + turn) % 360),
    ),
  );

const polarArb = fc
  .record({
    letter: fc.constantFrom('N' as const, 'S' as const),
    ni: fc.integer({ min: 3, max: 50 }),
    nj: fc.integer({ min: 3, max: 50 }),
    pj: fc.integer({ min: 0, max: 600 }),
    pi: fc.integer({ min: 0, max: 600 }),
    dgrw: fc.integer({ min: 0, max: 35999 }),
    d60: fc.integer({ min: 300, max: 4000 }),
  })
  .map(({ letter, ni, nj, pj, pi, dgrw, d60 }) => polarGrid(letter, ni, nj, [pj, pi, dgrw, d60]));

const latLonArb = fc.oneof(
  fc.constant(latLonGrid(72, 37, -90, 0, 5, 5)),
  fc.constant(latLonGrid(73, 37, -90, 0, 5, 5)),
  fc
    .record({
      lat0: degrees(-80, 20),
      lon0: degrees(-180, 180),
      d: degrees(0.5, 2),
      ni: fc.integer({ min: 2, max: 60 }),
    })
    .map(({ lat0, lon0, d, ni }) => latLonGrid(ni, 30, lat0, lon0, d, d)),
);

const coarseYinYang = yinYangGrid(
  axis(41, 27, 7.5),
  axis(15, -52.5, 7.5),
  packRotation(31.5, 200, 10, 305),
  packRotation(-31.5, 20, 51, 250),
);
/** Grids as the service opens them: what the native core and the grid layer say of places. */
const E_IG = packRotation(31.5, 200, 10, 305);
const yinYangPanel = (ig: readonly [number, number, number, number]) => ({
  grtyp: 'Z',
  ni: 41,
  nj: 15,
  ig: [0, 0, 0, 0] as const,
  ref: { grtyp: 'E', ig },
  ax: axis(41, 30, 7.5),
  ay: axis(15, -52.5, 7.5),
});
const openedArb = fc.constantFrom<RegionGrid[]>(
  openGrid({ grtyp: 'G', ni: 64, nj: 32, ig: [0, 0, 0, 0] }),
  openGrid({ grtyp: 'G', ni: 32, nj: 16, ig: [1, 1, 0, 0] }),
  openGrid({ grtyp: 'A', ni: 40, nj: 20, ig: [0, 1, 0, 0] }),
  openGrid({ grtyp: 'B', ni: 37, nj: 19, ig: [0, 0, 0, 0] }),
  openGrid({ grtyp: 'E', ni: 41, nj: 20, ig: E_IG }),
  openGrid({ grtyp: 'S', ni: 40, nj: 40, ig: [200, 200, 2100, 4000] }),
  openGrid({
    grtyp: 'Z',
    ni: 30,
    nj: 25,
    ig: [1, 2, 3, 0],
    ref: { grtyp: 'E', ig: [1217, 0, 57986, 57216] },
    ax: axis(30, 150, 2, true).map((v, i) => v + 0.02 * i * i),
    ay: axis(25, -30, 2.5, true),
  }),
  openGrid({
    grtyp: 'Z',
    ni: 12,
    nj: 9,
    ig: [1, 2, 3, 0],
    ref: { grtyp: 'L', ig: [100, 100, 9000, 0] },
    ax: axis(12, 170, 2.3),
    ay: axis(9, 60, -3.1),
  }),
  openGrid({
    grtyp: 'U',
    ni: 41,
    nj: 30,
    ig: [1, 2, 3, 0],
    panels: [yinYangPanel(packRotation(31.5, 200, 10, 305)), yinYangPanel(packRotation(-31.5, 20, 51, 250))],
  }),
  openGrid({
    grtyp: 'Y',
    ni: 40,
    nj: 30,
    ig: [1, 2, 3, 0],
    ref: { grtyp: 'L', ig: [100, 100, 9000, 0] },
    ax: Float64Array.from({ length: 1200 }, (_, k) => 340 + (k % 40) + 0.2 * Math.floor(k / 40)),
    ay: Float64Array.from({ length: 1200 }, (_, k) => 30 + Math.floor(k / 40) - 0.1 * (k % 40)),
  }),
  openGrid({
    grtyp: 'Y',
    ni: 700,
    nj: 1,
    ig: [1, 2, 3, 0],
    ref: { grtyp: 'L', ig: [100, 100, 9000, 0] },
    ax: Float64Array.from({ length: 700 }, (_, k) => (k * 137.508) % 360),
    ay: Float64Array.from({ length: 700 }, (_, k) => (Math.asin(1 - (2 * k + 1) / 700) * 180) / Math.PI),
  }),
);
const gridArb = fc.oneof(rotatedArb, polarArb, latLonArb, fc.constant(G4), { arbitrary: openedArb, weight: 4 });

/** Simple rings: vertices around a centre by angle; near poles and seams as often as not. */
const ringArb = fc
  .record({
    lat: fc.oneof(degrees(-70, 70), fc.constantFrom(80, -80, 0)),
    lon: fc.oneof(degrees(-180, 360), fc.constantFrom(0, 180, 359.9)),
    radii: fc.array(degrees(0.2, 40), { minLength: 3, maxLength: 12 }),
  })
  .map(({ lat, lon, radii }) =>
    radii.map((radius, v): LatLon => {
      const angle = (2 * Math.PI * v) / radii.length;
      return [Math.max(-90, Math.min(90, lat + radius * Math.sin(angle))), lon + radius * Math.cos(angle)];
    }),
  );

test('(a, b) rings on any grid give what brute force gives, as sorted disjoint spans', async () => {
  await fc.assert(
    fc.asyncProperty(gridArb, ringArb, async (grid, ring) => {
      const { spans } = await search(grid, polygonShape([{ outer: ring, holes: [] }]));
      checkSpans(spans);
      await compare(grid, spans, (lat, lon) => inRing(ring, lat, lon));
    }),
    { numRuns: 150 },
  );
});

test('(a) rings around a pole, closed through it', async () => {
  await fc.assert(
    fc.asyncProperty(
      gridArb,
      degrees(20, 80),
      fc.boolean(),
      fc.integer({ min: 4, max: 9 }),
      async (grid, edge, north, n) => {
        const vertices = Array.from({ length: n }, (_, v): LatLon => {
          const lat = edge + 8 * Math.sin(v * 2.3);
          return [north ? lat : -lat, -180 + (360 * (v + 0.3)) / n];
        });
        const ring = readRing(vertices, { member: 'shape', evenOdd: true, notes: [] });
        const { spans } = await search(grid, polygonShape([{ outer: ring, holes: [] }]));
        await compare(grid, spans, (lat, lon) => inRing(ring, lat, lon));
      },
    ),
    { numRuns: 60 },
  );
});

test('(a) circles, caps and tubes on any grid give what brute force gives', async () => {
  const near = (value: number): boolean | undefined => (Math.abs(value - 1) < 1e-6 ? undefined : value < 1);
  const turned = (lon: number, about: number): number => lon - 360 * Math.round((lon - about) / 360);
  await fc.assert(
    fc.asyncProperty(gridArb, degrees(-85, 85), degrees(-180, 180), degrees(0.5, 25), async (grid, lat0, lon0, r) => {
      const circle = await search(grid, circleShape([lat0, lon0], r));
      await compare(grid, circle.spans, (lat, lon) => near(Math.hypot(lat - lat0, turned(lon, lon0) - lon0) / r));
      const cap = await search(grid, capShape([lat0, lon0], r * 111));
      const rad = Math.PI / 180;
      await compare(grid, cap.spans, (lat, lon) => {
        const h =
          Math.sin(((lat - lat0) * rad) / 2) ** 2 +
          Math.cos(lat * rad) * Math.cos(lat0 * rad) * Math.sin(((lon - lon0) * rad) / 2) ** 2;
        return near((2 * Math.asin(Math.min(1, Math.sqrt(h))) * 6371) / (r * 111));
      });
    }),
    { numRuns: 60 },
  );
});

test('(a) tubes with levels give what a search over the path gives', async () => {
  const vertexArb = fc.record({ lat: degrees(-60, 60), lon: degrees(-170, 170), level: degrees(300, 1000) });
  await fc.assert(
    fc.asyncProperty(
      gridArb,
      fc.array(vertexArb, { minLength: 2, maxLength: 3 }),
      degrees(1, 12),
      fc.constantFrom('round' as const, 'box' as const),
      async (grid, vertices: TrajectoryVertex[], radius, inflate) => {
        const inflation = { lat: radius, lon: 1.5 * radius, level: 150, step: 0 };
        const shape = tubeShape(tubeParts(vertices, inflation, inflate, { level: 600 }));
        if (shape === undefined) return;
        const { spans } = await search(grid, shape);
        await compare(grid, spans, (lat, lon) => tubeOracle(vertices, radius, inflate, lat, lon));
      },
    ),
    { numRuns: 60 },
  );
});

/** Least normalised distance over finely sampled places of the path; undefined near the edge of the tube. */
function tubeOracle(
  vertices: readonly TrajectoryVertex[],
  radius: number,
  inflate: 'round' | 'box',
  lat: number,
  lon: number,
): boolean | undefined {
  let best = Infinity;
  for (let v = 0; v + 1 < vertices.length; v++) {
    const [a, b] = [vertices[v]!, vertices[v + 1]!];
    for (const turn of [-360, 0, 360]) {
      const distance = (t: number): number => {
        const y = (lat - a.lat - t * (b.lat - a.lat)) / radius;
        const x = (lon + turn - a.lon - t * (b.lon - a.lon)) / (1.5 * radius);
        const z = (600 - a.level! - t * (b.level! - a.level!)) / 150;
        return inflate === 'round' ? Math.hypot(y, x, z) : Math.max(Math.abs(y), Math.abs(x), Math.abs(z));
      };
      // convex in t: shrink the bracket
      let [low, high] = [0, 1];
      for (let n = 0; n < 60; n++) {
        const [p, q] = [low + (high - low) / 3, high - (high - low) / 3];
        if (distance(p) <= distance(q)) high = q;
        else low = p;
      }
      best = Math.min(best, distance((low + high) / 2));
    }
  }
  return Math.abs(best - 1) < 1e-6 ? undefined : best < 1;
}

test('(c) whole turns of longitude change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(gridArb, ringArb, fc.constantFrom(-360, 360), async (grid, ring, turn) => {
      const turned = ring.map(([lat, lon]): LatLon => [lat, lon + turn]);
      const a = await search(grid, polygonShape([{ outer: ring, holes: [] }]));
      const b = await search(grid, polygonShape([{ outer: turned, holes: [] }]));
      assert.deepEqual(b.spans, a.spans);
    }),
    { numRuns: 40 },
  );
});

test('(d) a polygon and its complement share out the owned points', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(gridArb, fc.constant(coarseYinYang)), ringArb, async (grid, ring) => {
      const whole: LatLon[] = [
        [-90, -180.25],
        [-90, 179.75],
        [90, 179.75],
        [90, -180.25],
      ];
      const settled = ring.map(([lat, lon]): LatLon => [Math.max(-89, Math.min(89, lat)) + 1e-4, lon]);
      const fits = settled.every(([, lon]) => lon > -180 && lon < 179.5);
      fc.pre(fits);
      const inner = await search(grid, polygonShape([{ outer: settled, holes: [] }]));
      const outer = await search(grid, polygonShape([{ outer: whole, holes: [settled] }]));
      const all = [...expand(inner.spans), ...expand(outer.spans)];
      assert.equal(new Set(all).size, all.length);
      assert.equal(all.length, (await countedPoints(grid)).size);
    }),
    { numRuns: 40 },
  );
});

test('(f) work grows with the boundary, not with the grid', async () => {
  const ring: LatLon[] = [
    [45, -80],
    [52, -78],
    [50, -66],
    [44, -70],
  ];
  const shape = polygonShape([{ outer: ring, holes: [] }]);
  const tests: number[] = [];
  for (const fine of [1, 2, 4]) {
    const grid = rotatedGrid(
      axis(180 * fine, 150, 1 / 3 / fine, true),
      axis(140 * fine, -30, 5 / 12 / fine, true),
      [1217, 0, 57986, 57216],
    );
    const { finder } = await search(grid, shape);
    const { exactTests, subdivisions, rows } = finder.operations;
    let cells = 0;
    const sample = 4000;
    const seen = new Set<string>();
    for (let v = 0; v < ring.length; v++) {
      const [a, b] = [ring[v]!, ring[(v + 1) % ring.length]!];
      const t = axis(sample, 0, 1 / sample);
      const xy = await grid.locate(
        t.map((s) => a[0] + s * (b[0] - a[0])),
        t.map((s) => a[1] + s * (b[1] - a[1])),
      );
      for (let p = 0; p < xy.length; p += 2) seen.add(`${Math.round(xy[p]!)} ${Math.round(xy[p + 1]!)}`);
    }
    cells = seen.size;
    assert.ok(exactTests + subdivisions <= 8 * cells + rows + 100, `${exactTests} + ${subdivisions} for ${cells}`);
    tests.push(exactTests);
  }
  assert.ok(tests[2]! <= 5 * tests[0]!, `exact tests ${tests.join(', ')}`);
});
