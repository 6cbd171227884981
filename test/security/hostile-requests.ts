/** Requests that are well-formed and mean too much, nothing, or something absurd: ranges, dates, axes, shapes, numbers. */
import { type Chooser, type Hostile, hostile } from './hostile.js';

type Keys = Record<string, unknown>;

const BASE: Keys = {
  class: 'rd',
  expver: '0001',
  domain: 'g',
  stream: 'oper',
  type: 'fc',
  date: '20250115',
  time: '0000',
  levtype: 'sfc',
  param: '2t',
  step: '0/to/24',
};
const POINT = { type: 'timeseries', points: [[45, -70]] };

/** A good request, to be damaged. */
export const GOOD: readonly Keys[] = [
  { ...BASE, feature: POINT },
  { ...BASE, feature: { type: 'polygon', shape: square(44, -75, 2) } },
  {
    ...BASE,
    feature: {
      type: 'boundingbox',
      points: [
        [46, -76],
        [44, -72],
      ],
    },
  },
  { ...BASE, feature: { type: 'circle', center: [45, -70], radius: 100 } },
];

function square(lat: number, lon: number, size: number): number[][] {
  const corners = [
    [0, 0],
    [0, size],
    [size, size],
    [size, 0],
    [0, 0],
  ];
  return corners.map(([dlat, dlon]) => [lat + dlat!, lon + dlon!]);
}

const RANGES = [
  '0/to/1e9/by/1',
  '0/to/999999999/by/1',
  '0/to/99999999999999999999',
  '0/to/24/by/0',
  '0/to/24/by/-1',
  '24/to/0',
  '0/to/',
  '/to/24',
  'to',
  '0/to/24/by/',
  '0/to/24/by/1/by/2',
  '0/to/inf',
  '0/to/NaN',
  'nan',
  '1e999',
  '-0',
  '0x10',
  '１２',
  '0/to/24/by/0.0000001',
  '0-1-2-3',
  '0,1',
  'all',
  '*',
  '',
  ' ',
  '\u0000',
  '0/0/0/0',
  '../../etc/passwd',
  '$(7*7)',
  '%s%s%n',
  "'; DROP TABLE job; --",
  '<script>alert(1)</script>',
  '0/to/24/to/48',
  '1/'.repeat(1500),
];
const DATES = [
  '20200101/to/99991231',
  '00000000',
  '20251332',
  '20250230',
  '-1',
  '-99999999',
  '0001-01-01/to/9999-12-31',
  '2025-01-15T00:00:00Z',
  '20250115/to/20250114',
  '9'.repeat(400),
  '20250115/to/20300115/by/1',
  'yesterday',
  '１９９９０１０１',
  '99999999',
];
const NUMBERS = [
  null,
  true,
  '1e999',
  '-1e999',
  'NaN',
  'Infinity',
  1e308,
  -1e308,
  5e-324,
  91,
  -91,
  1e16,
  {},
  [],
  [[]],
  'x',
];

function shapes(): readonly (readonly [string, unknown])[] {
  const ring = (count: number, radius: number): number[][] =>
    Array.from({ length: count + 1 }, (_, at) => {
      const angle = (2 * Math.PI * (at % count)) / count;
      return [45 + radius * Math.sin(angle), -70 + radius * Math.cos(angle)];
    });
  const star = Array.from({ length: 401 }, (_, at) => {
    const angle = (2 * Math.PI * ((at * 199) % 400)) / 400;
    return [45 + 3 * Math.sin(angle), -70 + 3 * Math.cos(angle)];
  });
  const polygon = (shape: unknown): unknown => ({ type: 'polygon', shape });
  return [
    [
      'bow tie',
      polygon([
        [44, -75],
        [46, -72],
        [44, -72],
        [46, -75],
        [44, -75],
      ]),
    ],
    ['star', polygon(star)],
    [
      'pole',
      polygon([
        [80, 0],
        [80, 90],
        [80, 180],
        [80, -90],
        [80, 0],
      ]),
    ],
    [
      'whole sphere',
      polygon([
        [-90, -180],
        [-90, 180],
        [90, 180],
        [90, -180],
        [-90, -180],
      ]),
    ],
    [
      'line',
      polygon([
        [44, -75],
        [46, -72],
        [44, -75],
      ]),
    ],
    ['one point', polygon(Array(5).fill([45, -70]))],
    [
      'open',
      polygon([
        [44, -75],
        [46, -72],
        [44, -72],
      ]),
    ],
    ['empty', polygon([])],
    [
      'two',
      polygon([
        [44, -75],
        [44, -74],
      ]),
    ],
    ['1001 vertices', polygon(ring(1001, 2))],
    ['9999 vertices', polygon(ring(9000, 2))],
    ['holes', polygon(Array.from({ length: 300 }, () => ring(30, 1)))],
    [
      '3-d',
      polygon([
        [44, -75, 1],
        [44, -72, 2],
        [46, -72, 3],
        [44, -75, 1],
      ]),
    ],
    [
      'texts',
      polygon([
        ['44', '-75'],
        ['a', 'b'],
      ]),
    ],
    [
      'huge box',
      {
        type: 'boundingbox',
        points: [
          [90, -1e9],
          [-90, 1e9],
        ],
      },
    ],
    ['box of one', { type: 'boundingbox', points: [[45, -70]] }],
    ['circle everywhere', { type: 'circle', center: [45, -70], radius: 1e308 }],
    ['circle negative', { type: 'circle', center: [45, -70], radius: -1 }],
    ['circle NaN', { type: 'circle', center: [45, -70], radius: 'NaN' }],
    ['track of one', { type: 'trajectory', points: [[45, -70]] }],
    ['long track', { type: 'trajectory', points: ring(5000, 3) }],
    ['points', { type: 'timeseries', points: Array(9999).fill([45, -70]) }],
    ['too many points', { type: 'timeseries', points: Array(10_001).fill([45, -70]) }],
    ['unknown', { type: 'x'.repeat(3000) }],
    ['prototype', { type: '__proto__' }],
    ['constructor', { type: 'constructor' }],
    ['toString', { type: 'toString' }],
    ['extra keys', { ...POINT, ...Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`x${at}`, at])) }],
    ['null', null],
    ['list', [POINT, POINT]],
  ];
}

/** `count` requests as v2 dry runs, which plan and queue nothing; some as v1 submits. */
export function hostileRequests(chooser: Chooser, count: number): Hostile[] {
  const all: Hostile[] = [];
  const add = (name: string, request: unknown): void => {
    const dry = all.length % 4 !== 3;
    all.push(
      hostile(
        'request',
        name,
        {
          method: 'POST',
          target: dry ? '/api/v2/demo/requests?dry-run=1' : '/api/v1/requests/demo',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(dry ? request : { verb: 'retrieve', request }),
        },
        'harmless',
      ),
    );
  };
  for (const [name, feature] of shapes()) add(`shape ${name}`, { ...BASE, feature });
  for (const step of RANGES) add(`step ${step.slice(0, 30)}`, { ...BASE, step, feature: POINT });
  for (const range of RANGES) add(`range ${range.slice(0, 30)}`, { ...BASE, feature: { ...POINT, range } });
  for (const date of DATES) add(`date ${date.slice(0, 30)}`, { ...BASE, date, feature: POINT });
  for (const value of NUMBERS) {
    add(`point ${String(value)}`, { ...BASE, feature: { ...POINT, points: [[value, -70]] } });
    add(`range ${String(value)}`, { ...BASE, feature: { ...POINT, range: { start: value, end: 24 } } });
    add(`interval ${String(value)}`, {
      ...BASE,
      feature: { ...POINT, range: { start: 0, end: 1e9, interval: value } },
    });
  }
  const keys = Object.keys(BASE);
  while (all.length < count) {
    const request: Keys = { ...BASE, feature: chooser.from(shapes())[1] };
    for (let changes = 1 + chooser.whole(3); changes > 0; changes--) {
      const key = chooser.from([...keys, 'number', 'levelist', 'format', 'nomvar', 'ip1', chooser.text(8)]);
      request[key] = chooser.from<unknown>([...RANGES, ...DATES, ...NUMBERS, chooser.text(40)]);
    }
    add('mixed', request);
  }
  return all.slice(0, count);
}
