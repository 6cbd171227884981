/**
 * Styles as data: the families of meteorological fields, with the breaks and colours of their fills. The WMS renderer, its
 * legends and the web page read this one table. n breaks have n + 1 colours; a value equal to a break is above it.
 */

export type Family =
  | 'temperature'
  | 'wind'
  | 'component'
  | 'precipitation'
  | 'precipitation-rate'
  | 'cloud'
  | 'humidity'
  | 'pressure'
  | 'height'
  | 'signed'
  | 'other';

/** Colours of bins as `rrggbb`; `none` lets the map below show. */
export const COLOURS: Readonly<Record<'temperature' | 'wind' | 'precipitation' | 'cloud' | 'humidity', string>> = {
  temperature:
    '35114f 3b2875 3c3f9e 395cb1 2f79c4 4e99d4 6db9e4 a1d3ed d3ecf4 fbf0c4 f9db98 f7c667 f1a851 ea8a3a da6835 c8442f 9a2a2b 6e1024',
  wind: 'f4f6ef d2ead8 afdbc4 81c6b7 56afad 3c94a9 337aa4 3962a0 484b93 533482 482164 3a0f45',
  precipitation: 'none d5eef3 a9d9ec 7cbfe3 4ba0d8 387fc6 3862b4 4149a3 522f86 4c195e 380a2c',
  cloud: 'none eceff1 dbdfe2 cad0d4 bac1c6 aab2b8 9aa3aa 8a949d 7b868f 6c7882 5d6a75',
  humidity: '5c3a12 89612a b98b44 d4b784 efe3c2 dcede6 9acbbf 5da99b 31867e 166061 0a3b45',
};

/** Anchors of ramps; the colours between them are mixed in OKLab, as many as there are bins. Two halves meet at a centre. */
export const RAMPS = {
  pressure: ['2a1a5e 4b58b0 86a6dc e4eaf3', 'f5ecdc e0ac68 b06a2a 5b2c10'],
  height: ['2d1548 3d3f8f 2e7a9e 3fa98c a7cf6a f7ea9a'],
  signed: ['3b1a5e 63408a 8c6cb3 b7a1d2 d6c9e6 efeaf4', 'eaf3e6 c6e0bc 9bc891 63a565 357944 0d4a2a'],
  other: ['f3f4e8 dde9d0 c7deb9 a7cfac 83bea3 65aa9d 4a9599 387f92 336889 31527e 383d6f 3a2760'],
} as const;

const every = (first: number, last: number, step: number): readonly number[] =>
  Array.from({ length: Math.round((last - first) / step) + 1 }, (_, k) => first + k * step);

export const BREAKS = {
  /** degC */
  temperature: every(-40, 40, 5),
  /** m s-1, near the surface; twice as much aloft */
  wind: [2, 4, 6, 8, 10, 13, 16, 20, 25, 30, 35],
  /** m s-1, components of winds near the surface; twice as much aloft */
  component: [-20, -15, -10, -5, -2, 0, 2, 5, 10, 15, 20],
  /** mm, or mm h-1 */
  precipitation: [0.1, 0.2, 0.5, 1, 2, 4, 8, 16, 32, 64],
  /** % */
  percent: [10, 20, 30, 40, 50, 60, 70, 80, 90, 95],
  /** hPa at mean sea level */
  pressure: every(968, 1048, 4),
  /** five steps on each side of zero, times a size that suits the field */
  signed: [-5, -2, -1, -0.5, -0.2, 0, 0.2, 0.5, 1, 2, 5],
} as const;

/** Geopotential height on pressure surfaces: hPa, then breaks in dam. The step is also that of its contours. */
export const HEIGHT_RANGES: readonly (readonly [level: number, first: number, last: number, step: number])[] = [
  [1000, -30, 42, 3],
  [925, 39, 105, 3],
  [850, 105, 171, 3],
  [700, 240, 330, 6],
  [600, 348, 450, 6],
  [500, 486, 594, 6],
  [400, 630, 774, 12],
  [300, 780, 984, 12],
  [250, 900, 1116, 12],
  [200, 1032, 1260, 12],
  [100, 1464, 1704, 12],
  [50, 1872, 2136, 24],
  [10, 2784, 3216, 24],
];

/** CF standard names that decide the family; the temperatures and amounts that are not here follow from their units. */
export const FAMILY_OF_NAME: Readonly<Record<string, Family>> = {
  wind_speed: 'wind',
  wind_speed_of_gust: 'wind',
  x_wind: 'component',
  y_wind: 'component',
  eastward_wind: 'component',
  northward_wind: 'component',
  relative_humidity: 'humidity',
  air_pressure_at_mean_sea_level: 'pressure',
  geopotential_height: 'height',
  lagrangian_tendency_of_air_pressure: 'signed',
  upward_air_velocity: 'signed',
  atmosphere_upward_absolute_vorticity: 'signed',
  atmosphere_upward_relative_vorticity: 'signed',
  divergence_of_wind: 'signed',
};

/** Units that records and MARS parameters come in → unit of a family: family value = value * scale + offset. */
export const CONVERSIONS: Readonly<Record<string, readonly (readonly [to: string, scale: number, offset: number])[]>> =
  {
    K: [['degC', 1, -273.15]],
    kt: [['m s-1', 0.514444, 0]],
    'km h-1': [['m s-1', 1 / 3.6, 0]],
    m: [
      ['mm', 1000, 0],
      ['dam', 0.1, 0],
    ],
    gpm: [['dam', 0.1, 0]],
    cm: [['mm', 10, 0]],
    'kg m-2': [['mm', 1, 0]],
    'm s-1': [['mm h-1', 3_600_000, 0]],
    'kg m-2 s-1': [['mm h-1', 3600, 0]],
    '1': [['%', 100, 0]],
    Pa: [['hPa', 0.01, 0]],
  };

/** Units as people write them on a map. */
export const UNIT_TEXT: Readonly<Record<string, string>> = {
  degC: '°C',
  'm s-1': 'm/s',
  'mm h-1': 'mm/h',
  kt: 'kt',
  'kg kg-1': 'kg/kg',
  'kg m-2': 'kg/m²',
  'kg m-3': 'kg/m³',
  'W m-2': 'W/m²',
  'J m-2': 'J/m²',
  'J kg-1': 'J/kg',
  'm2 s-1': 'm²/s',
  'm2 s-2': 'm²/s²',
  'Pa s-1': 'Pa/s',
  's-1': '1/s',
  'm3 m-3': 'm³/m³',
  gpm: 'gpm',
  '1': '',
  unknown: '',
};
