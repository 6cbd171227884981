import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeatureError } from './problem.js';
import { parseFeatureRequest } from './request.js';
import { requestToJson } from './request-print.js';
import type { Feature, FeatureRequest } from './vocabulary.js';

const keys = { date: '20250115', time: '0000', levtype: 'sfc', param: '2t', step: '0' };

function request(feature: unknown, changes: Record<string, unknown> = {}, evenOdd = false): FeatureRequest {
  const all = Object.entries({ ...keys, ...changes, feature }).filter(([, value]) => value !== undefined);
  return parseFeatureRequest(Object.fromEntries(all), {
    now: new Date('2025-01-17T09:00:00Z'),
    selfIntersection: evenOdd ? 'evenodd' : 'error',
  });
}

function parse<T extends Feature['type']>(type: T, members: object, changes: Record<string, unknown> = {}) {
  const { feature } = request({ type, ...members }, changes);
  assert.equal(feature.type, type);
  return feature as Extract<Feature, { type: T }>;
}

function assertRefused(
  feature: unknown,
  code: string,
  words: readonly string[],
  changes: Record<string, unknown> = {},
): void {
  try {
    request(feature, changes);
  } catch (error) {
    assert.ok(error instanceof FeatureError, String(error));
    assert.equal(error.code, code, error.message);
    for (const word of words)
      assert.ok(error.message.toLowerCase().includes(word.toLowerCase()), `${word}: ${error.message}`);
    return;
  }
  assert.fail(`accepted: ${JSON.stringify(feature).slice(0, 300)}`);
}

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

test('trajectories: axes, radii and sampling', () => {
  const path = [
    [10, 10],
    [10, 12],
  ];
  const axes = ['latitude', 'longitude'];
  const plain = parse('trajectory', { points: path, axes });
  assert.deepEqual(plain.inflation, { lat: 1, lon: 1, level: 0, step: 0 });
  assert.deepEqual([plain.inflate, plain.sample], ['round', false]);
  assert.equal(parse('trajectory', { points: path, axes, padding: 0 }).sample, true);
  assert.equal(
    parse('trajectory', { points: path, axes, inflation: [0, 0] }).sample,
    false,
    'a list means exact matches',
  );
  assert.equal(parse('trajectory', { points: path, axes, inflation: 0.5, inflate: 'BOX' }).inflate, 'box');
  const pl = { levtype: 'pl', param: 't', step: undefined };
  const full = parse(
    'trajectory',
    {
      points: [
        [0, 0, 1000, 0],
        [1, 1, 850, '1h30m'],
      ],
      inflation: [1, 2, 50, '30m'],
    },
    pl,
  );
  assert.deepEqual(full.axes, ['latitude', 'longitude', 'levelist', 'step']);
  assert.deepEqual(full.vertices[1], { lat: 1, lon: 1, level: 850, step: 5400 });
  assert.deepEqual(full.inflation, { lat: 1, lon: 2, level: 50, step: 1800 });
  const crossing = parse('trajectory', {
    points: [
      [0, 179],
      [0, -179],
    ],
    axes,
  });
  assert.deepEqual(
    crossing.vertices.map(({ lon }) => lon),
    [179, 181],
  );
});

test('bad trajectories are refused by what is wrong', () => {
  const axes = ['lat', 'long'];
  const path = [
    [10, 10],
    [10, 12],
  ];
  assertRefused({ type: 'trajectory', points: path }, 'bad_shape', ['axes', 'points']);
  assertRefused(
    {
      type: 'trajectory',
      points: [
        [45, 0],
        [46, 12],
      ],
      axis: ['lat', 'step'],
    },
    'bad_shape',
    ['longitude'],
    { step: undefined },
  );
  assertRefused({ type: 'trajectory', points: path.slice(1), axes }, 'bad_shape', ['two', 'points']);
  assertRefused(
    {
      type: 'trajectory',
      points: [
        [1, 2],
        [3, 4, 5],
      ],
      axes,
    },
    'bad_shape',
    ['points', 'two'],
  );
  assertRefused({ type: 'trajectory', points: path, axes, inflation: [1] }, 'bad_shape', ['inflation']);
  assertRefused({ type: 'trajectory', points: path, axes, padding: -1 }, 'bad_shape', ['padding', 'negative']);
  assertRefused({ type: 'trajectory', points: path, axes, padding: 1, inflation: 1 }, 'over_specified', ['inflation']);
  assertRefused({ type: 'trajectory', points: path, axes }, 'under_specified', ['step', 'under'], { step: undefined });
  const timed = {
    type: 'trajectory',
    points: [
      [1, 2, 0],
      [3, 4, 1],
    ],
    axes: ['lat', 'long', 'step'],
  };
  assertRefused(timed, 'over_specified', ['step', 'over']);
  assertRefused(
    {
      type: 'trajectory',
      points: [
        [1, 2, 500],
        [3, 4, 500],
      ],
      axes: ['lat', 'long', 'level'],
    },
    'bad_shape',
    ['levelist', 'sfc'],
  );
});

test('time axes and ranges of a timeseries', () => {
  const bare = { date: undefined, time: undefined };
  const series = (members: object) => ({ type: 'timeseries', points: [[45, -73]], ...members });
  const range = { start: '20250115T000000', end: '2025-01-17T00:00:00Z', interval: '12h' };
  const { keys: got, feature } = request(series({ axis: 'datetime', range }), bare);
  assert.equal(feature.type === 'timeseries' && feature.axis, 'datetime');
  assert.deepEqual(got.get('datetime'), {
    kind: 'range',
    from: Date.UTC(2025, 0, 15),
    to: Date.UTC(2025, 0, 17),
    by: 43200,
    halfOpen: true,
  });
  const days = request(series({ axis: 'date', range: { start: 20250115, end: '-1' } }), { date: undefined });
  assert.deepEqual(days.keys.get('date'), { kind: 'range', from: '20250115', to: '20250116' });
  assertRefused(series({ time_axis: 'wavelength' }), 'bad_shape', ['time_axis', 'step', 'datetime']);
  assertRefused(series({ axes: 'month' }), 'bad_shape', ['time_axis', 'month']);
  assertRefused(series({ axes: 'step', time_axis: 'date' }), 'over_specified', ['time_axis']);
  const none = { step: undefined };
  assertRefused(series({ range: { start: 6, end: 0 } }), 'bad_value', ['range', 'descending'], none);
  assertRefused(series({ range: { start: 0, end: 6, interval: 0 } }), 'bad_value', ['range', 'interval'], none);
  assertRefused(series({ range: { start: 0, end: 6, interval: -1 } }), 'bad_value', ['range', 'interval'], none);
  assertRefused(series({ range: { start: 0 } }), 'bad_value', ['range', 'end'], none);
  assertRefused(series({ range: { start: 0, end: 6, by: 1 } }), 'unknown_key', ['range', 'by'], none);
  assertRefused(series({ range: [0, 'x'] }), 'bad_value', ['range', 'step', 'x'], none);
  assertRefused(series({ range: '0/to/6' }), 'bad_value', ['range'], none);
  assertRefused(
    series({ axis: 'datetime', range: { start: '20250115', end: '20250115' } }),
    'bad_value',
    ['range'],
    bare,
  );
});

test('members: unknown, doubled, misplaced', () => {
  const points = [[45, -73]];
  assertRefused({ type: 'timeseries', points, colour: 'red' }, 'unknown_key', ['colour', 'unknown']);
  assertRefused({ type: 'timeseries', points, Points: points }, 'over_specified', ['points', 'twice']);
  assertRefused({ type: 'timeseries' }, 'under_specified', ['points']);
  assertRefused({ type: 'timeseries', points: [45, -73] }, 'bad_value', ['points']);
  assertRefused({ type: 'timeseries', points: [] }, 'bad_shape', ['points', 'empty']);
  assertRefused({ type: 'timeseries', points: [[45, -73, 500]] }, 'bad_shape', ['points', 'two']);
  assertRefused({ type: 'position', points, range: [1] }, 'unknown_key', ['range']);
  assertRefused({ type: 'position', points, interpolation: 'cubic' }, 'bad_value', ['interpolation', 'nearest']);
  assertRefused({ points }, 'under_specified', ['type']);
  assertRefused({ type: 'circus', points }, 'unsupported_feature', ['circus', 'trajectory']);
  assertRefused({ type: 'shapefile', file: '/etc/passwd' }, 'unsupported_feature', ['polygon']);
  for (const feature of [null, 'timeseries', [1], 3]) assertRefused(feature, 'bad_shape', ['feature']);
  assert.equal(parse('position', { points, interpolation: 'Bilinear' }).interpolation, 'bilinear');
});

test('every feature is printed as it is read', () => {
  const pl = { levtype: 'pl', param: 't' };
  const features: [object, object?][] = [
    [
      {
        type: 'polygon',
        shape: [
          [80, 0],
          [80, 120],
          [80, -120],
        ],
      },
    ],
    [
      {
        type: 'polygon',
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [178, 0],
              [-178, 0],
              [-178, 4],
              [178, 4],
            ],
            [
              [179, 1],
              [-179, 1],
              [-179, 2],
            ],
          ],
        },
      },
    ],
    [
      {
        type: 'boundingbox',
        points: [
          [0, 170],
          [1, -170],
        ],
        axes: ['lat', 'lon'],
      },
    ],
    [
      {
        type: 'boundingbox',
        points: [
          [0, 0, 500],
          [1, 1, 1000],
        ],
        axes: ['lat', 'lon', 'z'],
      },
      pl,
    ],
    [
      {
        type: 'frame',
        outer_box: [
          [0, 170],
          [9, -170],
        ],
        inner_box: [
          [1, 175],
          [2, -175],
        ],
        axes: ['y', 'x'],
      },
    ],
    [{ type: 'circle', center: [[1, 2]], radius: 3, units: 'km' }],
    [
      {
        type: 'trajectory',
        points: [
          [0, 179, 500, 0],
          [0, -179, 850, '15m'],
        ],
        padding: 0,
      },
      { ...pl, step: undefined },
    ],
    [{ type: 'verticalprofile', points: [[1, 2]], range: [1000, 500] }, pl],
    [
      { type: 'timeseries', points: [[1, 2]], axes: 'datetime', range: ['20250115', '20250116T12'] },
      { date: undefined, time: undefined },
    ],
  ];
  for (const [feature, changes] of features) {
    const { notes: _, ...once } = request(feature, changes as Record<string, unknown>);
    const again = parseFeatureRequest(requestToJson(once), { now: new Date(0) });
    const { notes: __, ...twice } = again;
    assert.deepEqual(twice, once, JSON.stringify(feature));
  }
});
