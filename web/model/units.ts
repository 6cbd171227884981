/** Units: from what the server delivers (UCUM) to what a person chose to read, and the spelling of both. */
import { UNIT_CHOICES, type UnitFamily } from '../state/state.js';

/** value in the base unit of the family = value * scale + offset; bases are C, m/s, mm, hPa, m */
type Way = readonly [scale: number, offset: number];

const FROM: Readonly<Record<UnitFamily, Readonly<Record<string, Way>>>> = {
  temperature: { Cel: [1, 0], K: [1, -273.15], degC: [1, 0] },
  wind: { 'm/s': [1, 0], '[kn_i]': [0.514444, 0], 'km/h': [1 / 3.6, 0], 'm s-1': [1, 0] },
  precip: { m: [1000, 0], mm: [1, 0], cm: [10, 0], 'kg/m2': [1, 0] },
  pressure: { Pa: [0.01, 0], hPa: [1, 0] },
  height: { m: [1, 0], dam: [10, 0], gpm: [1, 0] },
};

/** value in the unit = base * scale + offset */
const TO: Readonly<Record<string, Way>> = {
  C: [1, 0],
  F: [1.8, 32],
  K: [1, 273.15],
  'm/s': [1, 0],
  kt: [1 / 0.514444, 0],
  'km/h': [3.6, 0],
  mm: [1, 0],
  in: [1 / 25.4, 0],
  hPa: [1, 0],
  inHg: [1 / 33.8638866667, 0],
  m: [1, 0],
  dam: [0.1, 0],
  ft: [1 / 0.3048, 0],
};

/** Digits behind the decimal sign that make sense. */
const DIGITS: Readonly<Record<string, number>> = { in: 2, inHg: 2, m: 0, ft: 0, '°C': 1, '°F': 1 };

const TEXT: Readonly<Record<string, string>> = {
  C: '°C',
  F: '°F',
  Cel: '°C',
  degC: '°C',
  '[kn_i]': 'kt',
  'kg/m2': 'kg/m²',
  'W/m2': 'W/m²',
  'J/m2': 'J/m²',
  '/s': '1/s',
  'm2/s2': 'm²/s²',
  '1': '',
};

export interface Unit {
  /** as written beside a number */
  readonly text: string;
  readonly digits: number | undefined;
  /** shown = delivered * scale + offset */
  readonly scale: number;
  readonly offset: number;
}

export type Chosen = Readonly<Partial<Record<UnitFamily, string>>>;

/** Units that belong to a family by themselves; a metre may be rain or height, and is neither without a family. */
const OWN_FAMILY: Readonly<Record<string, UnitFamily>> = {
  Cel: 'temperature',
  Pa: 'pressure',
  hPa: 'pressure',
  dam: 'height',
  '[kn_i]': 'wind',
};

/** How values that come in `ucum` are shown. Without a family they are shown as they come; fractions as per cent. */
export function unitFor(ucum: string, family: UnitFamily | undefined, chosen: Chosen): Unit {
  const home = family ?? OWN_FAMILY[ucum];
  const way = home && FROM[home][ucum];
  if (home === undefined || way === undefined) {
    return { text: TEXT[ucum] ?? ucum, digits: undefined, scale: 1, offset: 0 };
  }
  const name = chosen[home] ?? UNIT_CHOICES[home][0]!;
  const [scale, offset] = TO[name]!;
  const text = TEXT[name] ?? name;
  return { text, digits: DIGITS[text] ?? 1, scale: way[0] * scale, offset: way[1] * scale + offset };
}

export const shown = (value: number, unit: Unit): number => value * unit.scale + unit.offset;

/** Digits for a number of unknown kind: about four that count. */
function digitsFor(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 1000) return 0;
  return Math.min(8, Math.max(0, 3 - Math.floor(Math.log10(size))));
}

/** A number with a true minus sign; an absent one is a dash. */
export function numberText(value: number, digits: number | undefined, lang: string): string {
  if (!Number.isFinite(value)) return '–';
  const places = digits ?? digitsFor(value);
  const rounded = Number(value.toFixed(places)) + 0;
  const options: Intl.NumberFormatOptions = {
    useGrouping: 'min2',
    minimumFractionDigits: digits === undefined ? 0 : places,
    maximumFractionDigits: places,
  };
  return new Intl.NumberFormat(`${lang}-CA`, options).format(rounded).replace('-', '−');
}

/** A delivered value as text with its unit. */
export function valueText(value: number, unit: Unit, lang: string): string {
  const text = numberText(shown(value, unit), unit.digits, lang);
  return unit.text === '' || !Number.isFinite(value) ? text : `${text}\u00a0${unit.text}`;
}

/** Spelling of units in the table of styles. */
const STYLE_UNITS: Readonly<Record<string, string>> = {
  Cel: 'degC',
  '[kn_i]': 'kt',
  'm/s': 'm s-1',
  'Pa/s': 'Pa s-1',
  '/s': 's-1',
  'kg/kg': 'kg kg-1',
  'kg/m2': 'kg m-2',
};

export const styleUnit = (ucum: string): string => STYLE_UNITS[ucum] ?? ucum;
