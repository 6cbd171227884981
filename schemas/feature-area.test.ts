import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, parse, request } from '../test/feature-request.js';

const square = [
  [0, 0],
  [0, 3],
  [3, 3],
  [3, 0],
];

function outer(shape: unknown): readonly (readonly number[])[] {
  return parse('polygon', { shape }).polygons[0]!.outer;
}

test('a ring may be closed or not, and loses repeated vertices', () => {
  assert.deepEqual(outer(square), square);
  assert.deepEqual(outer([...square, square[0]]), square);
  assert.deepEqual(outer([square[0], square[0], ...square.slice(1), square[0], square[0]]), square);
});

test('edges go the short way; half turns and whole turns stay as given', () => {
  assert.deepEqual(
    outer([
      [50, 178],
      [50, -178],
      [51, -178],
      [51, 178],
    ]),
    [
      [50, 178],
      [50, 182],
      [51, 182],
      [51, 178],
    ],
  );
  const cap = [
    [85, -180],
    [85, 180],
    [90, 180],
    [90, -180],
  ];
  assert.deepEqual(outer(cap), cap);
  assert.deepEqual(
    outer([
      [-90, -180],
      [-90, 180],
      [90, 180],
      [90, -180],
    ]).map(([, lon]) => lon),
    [-180, 180, 180, -180],
  );
  const { notes } = request({
    type: 'polygon',
    shape: [
      [50, 178],
      [50, -178],
      [51, -178],
    ],
  });
  assert.ok(
    notes?.some((note) => /edge 1 crosses the antimeridian/.test(note)),
    String(notes),
  );
  assert.ok(request({ type: 'polygon', shape: cap }).notes?.some((note) => /360 degrees/.test(note)));
});

test('a ring around a pole is closed through it', () => {
  const ring = [
    [80, 0],
    [80, 120],
    [80, -120],
  ];
  assert.deepEqual(outer(ring), [
    [80, 0],
    [80, 120],
    [80, 240],
    [80, 360],
    [90, 360],
    [90, 0],
  ]);
  const south = outer([
    [-80, 0],
    [-70, -120],
    [-80, 120],
  ]);
  assert.deepEqual(
    south.slice(-2).map(([lat]) => lat),
    [-90, -90],
  );
  assertRefused(
    { type: 'polygon', shape: [...Array.from({ length: 8 }, (_, i) => [80 + i, (i * 100) % 360])] },
    'bad_shape',
    ['winds'],
  );
});

test('bad rings are refused by what is wrong', () => {
  const polygon = (shape: unknown) => ({ type: 'polygon', shape });
  assertRefused(
    polygon([
      [0, 0],
      [3, 3],
      [3, 0],
      [0, 3],
    ]),
    'self_intersection',
    ['1.5'],
  );
  assertRefused(
    polygon([
      [0, 0],
      [1, 1],
      [2, 2],
    ]),
    'degenerate_polygon',
    ['area'],
  );
  assertRefused(
    polygon([
      [0, 0],
      [1, 1],
      [0, 0],
    ]),
    'bad_shape',
    ['polygon', 'three'],
  );
  assertRefused(polygon([]), 'bad_shape', ['polygon', 'three']);
  assertRefused(
    polygon([
      [0, 0],
      [95, 0],
      [0, 1],
    ]),
    'bad_shape',
    ['latitude', '95'],
  );
  assertRefused(
    polygon([
      [0, 0],
      [5, 721],
      [0, 1],
    ]),
    'bad_shape',
    ['longitude', '721'],
  );
  assertRefused(
    polygon([
      [0, 0],
      [5, 'x'],
      [0, 1],
    ]),
    'bad_shape',
    ['longitude', 'x'],
  );
  assertRefused({ type: 'polygon', points: square }, 'unknown_key', ['points', 'shape']);
  assertRefused(polygon(Array.from({ length: 1001 }, (_, i) => [i / 1000, 0])), 'too_many_points', [
    '1001',
    '1000',
    'points',
  ]);
  const { feature } = request(
    polygon([
      [0, 0],
      [3, 3],
      [3, 0],
      [0, 3],
    ]),
    {},
    true,
  );
  assert.equal(feature.type, 'polygon');
});

test('several rings are a union, GeoJSON has holes', () => {
  const two = parse('polygon', {
    shape: [
      square,
      [
        [10, 10],
        [10, 12],
        [12, 12],
      ],
    ],
  }).polygons;
  assert.deepEqual(
    two.map(({ outer: ring, holes }) => [ring.length, holes.length]),
    [
      [4, 0],
      [3, 0],
    ],
  );
  const ring = [
    [178, 0],
    [-178, 0],
    [-178, 4],
    [178, 4],
    [178, 0],
  ];
  const hole = [
    [-179.5, 1],
    [-179, 1],
    [-179, 2],
    [-179.5, 1],
  ];
  const [polygon] = parse('polygon', { geometry: { type: 'Polygon', coordinates: [ring, hole] } }).polygons;
  assert.deepEqual(polygon!.outer[1], [0, 182]);
  assert.deepEqual(polygon!.holes[0]![0], [1, 180.5], 'the hole is moved to where the ring is');
  assertRefused(
    { type: 'polygon', shape: square, geometry: { type: 'Polygon', coordinates: [ring] } },
    'over_specified',
    ['shape'],
  );
  assertRefused({ type: 'polygon', geometry: { type: 'Point', coordinates: [1, 2] } }, 'bad_value', ['geometry']);
});

test('corners of a box come in any order; explicit axes may cross the antimeridian', () => {
  const box = { south: 45, west: -80, north: 55, east: -60 };
  assert.deepEqual(
    parse('boundingbox', {
      points: [
        [45, -80],
        [55, -60],
      ],
    }).box,
    box,
  );
  assert.deepEqual(
    parse('boundingbox', {
      points: [
        [55, -60],
        [45, -80],
      ],
    }).box,
    box,
  );
  assert.deepEqual(
    parse('boundingbox', {
      points: [
        [-80, 45],
        [-60, 55],
      ],
      axes: ['longitude', 'latitude'],
    }).box,
    box,
  );
  const crossing = parse('boundingbox', {
    points: [
      [0, 170],
      [1, -170],
    ],
    axes: ['lat', 'lon'],
  }).box;
  assert.deepEqual(crossing, { south: 0, west: 170, north: 1, east: 190 });
  const literal = parse('boundingbox', {
    points: [
      [0, 170],
      [1, -170],
    ],
  }).box;
  assert.deepEqual([literal.west, literal.east], [-170, 170]);
  const wide = parse('boundingbox', {
    points: [
      [0, 10],
      [1, -10],
    ],
    axes: ['lat', 'lon'],
  }).box;
  assert.deepEqual([wide.west, wide.east], [10, 350]);
  const pl = { levtype: 'pl', param: 't' };
  const swapped = [
    [46, -72, 500],
    [44, -74, 1000],
  ];
  const northEastFirst = parse('boundingbox', { points: swapped, axes: ['lat', 'lon', 'level'] }, pl).box;
  assert.deepEqual(northEastFirst, { south: 44, west: -74, north: 46, east: -72 });
  const levels = parse(
    'boundingbox',
    {
      points: [
        [0, 0, 500],
        [1, 1, 1000],
      ],
      axis: ['lat', 'long', 'level'],
    },
    pl,
  ).levels;
  assert.deepEqual(levels, [500, 1000]);
  assertRefused(
    {
      type: 'boundingbox',
      points: [
        [0, 0, 1],
        [1, 1, 2],
      ],
    },
    'bad_shape',
    ['axes', 'points'],
  );
  assertRefused({ type: 'boundingbox', points: [[0, 0]] }, 'bad_shape', ['two', 'points']);
  assertRefused(
    {
      type: 'boundingbox',
      points: [
        [0, 0, 1],
        [1, 1, 2],
      ],
      axes: ['lat', 'lon', 'step'],
    },
    'bad_shape',
    ['axes', 'step'],
  );
  const doubled = {
    type: 'boundingbox',
    points: [
      [0, 0, 500],
      [1, 1, 1000],
    ],
    axes: ['lat', 'long', 'level'],
  };
  assertRefused(doubled, 'over_specified', ['levelist', 'over'], { ...pl, levelist: 850 });
  assertRefused(doubled, 'bad_value', ['levelist', 'sfc']);
});

test('the inner box of a frame lies within the outer one', () => {
  const frame = parse('frame', {
    outer_box: [
      [45, -80],
      [55, -60],
    ],
    inner_box: [
      [48, 285],
      [52, 295],
    ],
  });
  assert.deepEqual(frame.inner, { south: 48, west: -75, north: 52, east: -65 });
  assertRefused(
    {
      type: 'frame',
      outer_box: [
        [44, -75],
        [46, -73],
      ],
      inner_box: [
        [43, -76],
        [47, -72],
      ],
    },
    'bad_shape',
    ['inner', 'outer'],
  );
  assertRefused(
    {
      type: 'frame',
      outer_box: [
        [44, -75],
        [46, -73],
      ],
    },
    'under_specified',
    ['inner_box'],
  );
});

test('circles have one center and a positive radius', () => {
  assert.deepEqual(parse('circle', { center: [[10, 20]], radius: '1.5' }), {
    type: 'circle',
    center: [10, 20],
    radius: 1.5,
    units: 'degrees',
  });
  assert.equal(parse('circle', { center: [10, 20], radius: 300, units: 'KM' }).units, 'km');
  for (const radius of [0, -1, 'big', 1e9])
    assertRefused({ type: 'circle', center: [[1, 2]], radius }, 'bad_shape', ['radius']);
  assertRefused(
    {
      type: 'circle',
      center: [
        [1, 2],
        [3, 4],
      ],
      radius: 1,
    },
    'bad_shape',
    ['center'],
  );
});
