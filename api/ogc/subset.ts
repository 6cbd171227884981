/** `subset`, `scale-axes` and `scale-size`: lists of axes with what is wanted of them, such as `Lat(40:50),time("…")`. */
import { FeatureError } from '../../schemas/problem.js';

export const AXES = ['x', 'y', 'z', 't', 'number'] as const;
export type AxisName = (typeof AXES)[number];

const NAMES: Readonly<Record<AxisName, readonly string[]>> = {
  x: ['lon', 'long', 'longitude', 'x', 'e'],
  y: ['lat', 'latitude', 'y', 'n'],
  z: ['pressure', 'level', 'levelist', 'height', 'hybrid', 'h', 'z', 'depth'],
  t: ['time', 't', 'datetime', 'phenomenontime'],
  number: ['number', 'realization', 'member'],
};

const BY_NAME: ReadonlyMap<string, AxisName> = new Map(
  AXES.flatMap((axis) => NAMES[axis].map((name) => [name, axis] as const)),
);

/** What is wanted of each axis, as text without quotes. Throws FeatureError for an unknown axis or one given twice. */
export function readAxisList(key: string, text: string): ReadonlyMap<AxisName, string> {
  const found = new Map<AxisName, string>();
  const forms = 'Lat(40:50),Lon(-80:-70),pressure(850),time("2025-01-15T00:00:00Z")';
  let rest = text.trim();
  while (rest !== '') {
    const match = /^([A-Za-z]+)\s*\(([^()]*)\)\s*(,|$)\s*/.exec(rest);
    if (match === null) {
      throw new FeatureError(
        'bad_value',
        `${key}: "${rest.slice(0, 60)}" is not an axis with a value; give such as ${forms}.`,
      );
    }
    const axis = BY_NAME.get(match[1]!.toLowerCase());
    if (axis === undefined) {
      throw new FeatureError(
        'bad_value',
        `${key}: "${match[1]!.slice(0, 40)}" is not an axis; use Lon, Lat, pressure or level, time, number.`,
      );
    }
    if (found.has(axis)) throw new FeatureError('bad_value', `${key}: "${match[1]}" is given twice; give it once.`);
    found.set(axis, match[2]!.replaceAll('"', '').trim());
    rest = rest.slice(match[0].length);
    if (rest === '' && match[3] === ',') {
      throw new FeatureError('bad_value', `${key}: "${text.slice(0, 60)}" ends with a comma; give such as ${forms}.`);
    }
  }
  return found;
}

/**
 * A part of an axis as the parameters of EDR write it: `a:b` is the interval `a/b`, `*` an open end. Colons of times stay: an
 * interval of times has its colon behind a Z, a date or a star.
 */
export function asInterval(text: string, axis: AxisName): string {
  const open = (end: string): string => (end.trim() === '*' || end.trim() === '' ? '..' : end.trim());
  if (axis !== 't') {
    const ends = text.split(':');
    return ends.length === 2 ? `${open(ends[0]!)}/${open(ends[1]!)}` : text;
  }
  const match = /^(\*|.*?(?:Z|[+-]\d{2}:?\d{2}|T\d{2}:\d{2}(?::\d{2})?|^\d{4}-\d{2}-\d{2}))\s*:\s*(\*|\d{4}-.*)$/i.exec(
    text,
  );
  return match === null ? text : `${open(match[1]!)}/${open(match[2]!)}`;
}

/** Whole numbers of axes, `Lon(100),Lat(80)`. */
export function readSizes(key: string, text: string): ReadonlyMap<AxisName, number> {
  const sizes = new Map<AxisName, number>();
  for (const [axis, value] of readAxisList(key, text)) {
    const size = Number(value);
    if (!/^\d+(\.\d+)?$/.test(value) || !(size > 0)) {
      throw new FeatureError('bad_value', `${key}: "${value.slice(0, 40)}" is not a number above 0; give one.`);
    }
    sizes.set(axis, size);
  }
  return sizes;
}
