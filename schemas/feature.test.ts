import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertRefused, parse, request } from '../test/feature-request.js';
import { parseFeatureRequest } from './request.js';
import { requestToJson } from './request-print.js';

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
