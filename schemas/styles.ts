/**
 * From a parameter to its scale: breaks, colours, contours, and the way from delivered values to the unit of the scale.
 * Used by the WMS renderer, its legends and the web page, so that they cannot disagree.
 */
import { ramp } from './oklab.js';
import {
  BREAKS,
  COLOURS,
  CONVERSIONS,
  FAMILY_OF_NAME,
  type Family,
  HEIGHT_RANGES,
  RAMPS,
  UNIT_TEXT,
} from './styles-table.js';
import type { Levtype } from './vocabulary.js';

export type { Family } from './styles-table.js';

/** What a scale depends on. */
export interface Styled {
  readonly standardName?: string | undefined;
  /** unit of the values, in the spelling of the parameter table */
  readonly unit: string;
  readonly levtype?: Levtype | null;
  /** hPa on pl */
  readonly level?: number | undefined;
}

export interface Scale {
  readonly family: Family;
  /** unit of the breaks */
  readonly unit: string;
  /** the unit as it is written on maps */
  readonly unitText: string;
  /** ascending */
  readonly breaks: readonly number[];
  /** one more than breaks: `#rrggbb`, or `none` */
  readonly colours: readonly string[];
  /** value in `unit` = value * scale + offset */
  readonly scale: number;
  readonly offset: number;
  readonly contours: Contours;
}

/** Isolines: at multiples of `step` (every `thick`-th of them thick), or at the breaks where there is no step. */
export interface Contours {
  readonly step?: number;
  readonly thick: number;
}

/** Way from one unit to another; undefined where there is none. */
export function conversion(from: string, to: string): { readonly scale: number; readonly offset: number } | undefined {
  if (from === to) return { scale: 1, offset: 0 };
  const row = CONVERSIONS[from]?.find(([unit]) => unit === to);
  return row === undefined ? undefined : { scale: row[1], offset: row[2] };
}

const NOT_A_MAP_TEMPERATURE = /potential|depression/;
const AMOUNT = /precipitation|rainfall|snowfall/;

/** Family of a parameter, by its CF name, and by its unit where that agrees. */
export function familyOf({ standardName = '', unit, levtype }: Styled): Family {
  if (/temperature$/.test(standardName) && !NOT_A_MAP_TEMPERATURE.test(standardName) && conversion(unit, 'degC')) {
    return 'temperature';
  }
  if (AMOUNT.test(standardName)) {
    if (conversion(unit, 'mm')) return 'precipitation';
    if (conversion(unit, 'mm h-1')) return 'precipitation-rate';
  }
  if (/^\w+cloud\w*_area_fraction|^cloud_area_fraction/.test(standardName)) return 'cloud';
  const family = FAMILY_OF_NAME[standardName] ?? 'other';
  return family === 'height' && levtype !== 'pl' ? 'other' : family;
}

const UNIT_OF: Readonly<Partial<Record<Family, string>>> = {
  temperature: 'degC',
  wind: 'm s-1',
  component: 'm s-1',
  precipitation: 'mm',
  'precipitation-rate': 'mm h-1',
  cloud: '%',
  humidity: '%',
  pressure: 'hPa',
  height: 'dam',
};

const isAloft = ({ levtype, level }: Styled): boolean =>
  levtype === 'pl' ? (level ?? 500) < 800 : levtype === 'ml' && (level ?? 1) < 0.8;

const hash = (colours: readonly string[]): readonly string[] =>
  colours.map((colour) => (colour === 'none' ? colour : `#${colour}`));
const halves = ([low, high]: readonly [string, string], breaks: number): readonly string[] => {
  const below = Math.ceil((breaks + 1) / 2);
  return [...ramp(low, below), ...ramp(high, breaks + 1 - below)];
};

/** Size that makes the steps of the signed scale suit a unit. */
function signedSize(standardName: string): number {
  if (/vorticity|divergence/.test(standardName)) return 1e-4;
  return 1;
}

function heightBreaks(level = 500): { breaks: readonly number[]; step: number } {
  const near = (row: (typeof HEIGHT_RANGES)[number]): number => Math.abs(Math.log(row[0] / Math.max(level, 1)));
  const [, first, last, step] = HEIGHT_RANGES.reduce((best, row) => (near(row) < near(best) ? row : best));
  const count = Math.round((last - first) / step) + 1;
  return { breaks: Array.from({ length: count }, (_, k) => first + k * step), step };
}

type Parts = Pick<Scale, 'breaks' | 'colours' | 'contours'>;

function partsOf(family: Family, styled: Styled): Parts {
  const words = (list: string): readonly string[] => hash(list.split(' '));
  const aloft = isAloft(styled) ? 2 : 1;
  switch (family) {
    case 'temperature':
      return { breaks: BREAKS.temperature, colours: words(COLOURS.temperature), contours: { step: 5, thick: 4 } };
    case 'wind':
      return { breaks: BREAKS.wind.map((v) => v * aloft), colours: words(COLOURS.wind), contours: { thick: 5 } };
    case 'component':
      return {
        breaks: BREAKS.component.map((v) => v * aloft),
        colours: hash(halves(RAMPS.signed, BREAKS.component.length)),
        contours: { thick: 5 },
      };
    case 'precipitation':
    case 'precipitation-rate':
      return { breaks: BREAKS.precipitation, colours: words(COLOURS.precipitation), contours: { thick: 5 } };
    case 'cloud':
      return { breaks: BREAKS.percent, colours: words(COLOURS.cloud), contours: { step: 20, thick: 5 } };
    case 'humidity':
      return { breaks: BREAKS.percent, colours: words(COLOURS.humidity), contours: { step: 20, thick: 5 } };
    case 'pressure':
      return {
        breaks: BREAKS.pressure,
        colours: hash(halves(RAMPS.pressure, BREAKS.pressure.length)),
        contours: { step: 4, thick: 5 },
      };
    case 'height': {
      const { breaks, step } = heightBreaks(styled.level);
      return { breaks, colours: hash(ramp(RAMPS.height[0], breaks.length + 1)), contours: { step, thick: 5 } };
    }
    case 'signed': {
      const size = signedSize(styled.standardName ?? '');
      const breaks = BREAKS.signed.map((v) => v * size);
      return { breaks, colours: hash(halves(RAMPS.signed, breaks.length)), contours: { thick: 5 } };
    }
    case 'other':
      return otherParts(0, 1);
  }
}

const NICE = [1, 2, 2.5, 5];
const OTHER_BREAKS = 11;

/** 11 breaks at nice numbers that cover [low, high]. */
function otherParts(low: number, high: number): Parts {
  const span = high > low && Number.isFinite(high - low) ? high - low : Math.max(1, Math.abs(low) || 1);
  const least = span / (OTHER_BREAKS - 1);
  const decade = 10 ** Math.floor(Math.log10(least));
  const step = [...NICE, 10].map((n) => n * decade).find((s) => s >= least * (1 - 1e-9)) ?? 10 * decade;
  const middle = (Number.isFinite(low) ? low : 0) + span / 2;
  const first = Math.round(middle / step) - Math.floor(OTHER_BREAKS / 2);
  const start = low >= 0 ? Math.max(first, 1) : first;
  const digits = Math.max(0, 2 - Math.floor(Math.log10(step)));
  const breaks = Array.from({ length: OTHER_BREAKS }, (_, k) =>
    Number(((start + k) * step).toFixed(Math.min(digits, 100))),
  );
  return { breaks, colours: hash(ramp(RAMPS.other[0], OTHER_BREAKS + 1)), contours: { thick: 5 } };
}

/**
 * The scale of a parameter. `range` is where the values of a field of no known family lie (2nd and 98th percentile, in the
 * unit delivered).
 */
export function scaleOf(styled: Styled, range: readonly [low: number, high: number] = [0, 1]): Scale {
  const family = familyOf(styled);
  const unit = UNIT_OF[family] ?? styled.unit;
  const way = conversion(styled.unit, unit);
  if (family === 'other' || way === undefined) {
    const own = { family: 'other' as const, unit: styled.unit, unitText: unitText(styled.unit), scale: 1, offset: 0 };
    return { ...own, ...otherParts(range[0], range[1]) };
  }
  return { family, unit, unitText: unitText(unit), ...way, ...partsOf(family, styled) };
}

/** The same colours over another range: `bands` equal bins between the ends, which are breaks, and one beyond each. */
export function withRange(scale: Scale, low: number, high: number, bands?: number): Scale {
  const count = bands === undefined ? scale.breaks.length : bands - 1;
  const step = count > 1 ? (high - low) / (count - 1) : 0;
  const breaks = Array.from({ length: count }, (_, k) => low + k * step);
  const { colours } = scale;
  const anchors = colours.map((colour) => (colour === 'none' ? 'ffffff' : colour.slice(1))).join(' ');
  const spread = count === scale.breaks.length ? colours : hash(ramp(anchors, count + 1));
  return { ...scale, breaks, colours: spread, contours: { thick: scale.contours.thick } };
}

/** A unit as it is written on maps. */
export function unitText(unit: string): string {
  return UNIT_TEXT[unit] ?? unit;
}

/**
 * Breaks in the unit delivered, rounded as float32 values are: a value that equals a break after rounding is in the upper
 * bin, whichever unit it came in.
 */
export function deliveredBreaks(scale: Scale): Float32Array {
  return Float32Array.from(scale.breaks, (value) => (value - scale.offset) / scale.scale);
}

/** Number of the bin of a value: how many breaks it reaches. */
export function binOf(breaks: Float32Array, value: number): number {
  let low = 0;
  let high = breaks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (breaks[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
