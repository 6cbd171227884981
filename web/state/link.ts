/** State ⇄ deep link `#key=value&…`: only members that differ from the default, in one order, so that equal states give equal links. */
import { parseFeature, printFeature } from './feature-text.js';
import {
  type Crs,
  firstTab,
  type Overlay,
  START,
  type State,
  type Tab,
  UNIT_CHOICES,
  type UnitFamily,
  type View,
} from './state.js';

type Part = Partial<State>;

interface Key {
  readonly key: string;
  /** undefined: default, left out */
  readonly print: (state: State) => string | undefined;
  /** undefined: not valid */
  readonly parse: (text: string) => Part | undefined;
}

const OVERLAYS: readonly Overlay[] = ['msl', 'barbs', 'gh', 'points'];
const TABS: readonly Tab[] = ['met', 'prof', 'area', 'track', 'data'];
const CRS: readonly Crs[] = ['5937', '3857', '84'];

const NO_OVERLAY = 'none';
const overlayText = (overlays: readonly Overlay[]): string =>
  OVERLAYS.filter((one) => overlays.includes(one)).join(',') || NO_OVERLAY;
const word = (text: string): boolean => /^[^\s&#=<>"'`]{1,80}$/.test(text);
const oneOf = <T extends string>(values: readonly T[], text: string): T | undefined =>
  values.find((value) => value === text);
const tidy = (value: number, digits: number): string => String(Number(value.toFixed(digits)) + 0);
const differs = (value: string, standard: string): string | undefined => (value === standard ? undefined : value);

function parseView(text: string): Part | undefined {
  const numbers = text.split(',').map(Number);
  const [lat, lon, zoom] = numbers;
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return undefined;
  if (Math.abs(lat!) > 90 || Math.abs(lon!) > 540 || zoom! < 0 || zoom! > 20) return undefined;
  return { view: { lat: lat!, lon: lon!, zoom: zoom! } };
}

const printView = ({ lat, lon, zoom }: View): string => `${tidy(lat, 3)},${tidy(lon, 3)},${tidy(zoom, 2)}`;

function parseUnits(text: string): Part | undefined {
  const units: Partial<Record<UnitFamily, string>> = {};
  for (const pair of text.split(',')) {
    const [family = '', unit = ''] = pair.split(':', 2);
    const choices = Object.hasOwn(UNIT_CHOICES, family) ? UNIT_CHOICES[family as UnitFamily] : [];
    if (!choices.includes(unit)) return undefined;
    units[family as UnitFamily] = unit;
  }
  return { units };
}

function printUnits({ units }: State): string | undefined {
  const families = Object.keys(UNIT_CHOICES) as UnitFamily[];
  const own = families.filter((family) => units[family] !== undefined && units[family] !== UNIT_CHOICES[family][0]);
  return own.length === 0 ? undefined : own.map((family) => `${family}:${units[family]}`).join(',');
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z|\+\d{1,4}(\.\d{1,3})?h)$/;
const RANGE_END = /^-?\d{1,12}(\.\d{1,12})?(e[-+]?\d{1,2})?$/;
const number = (text: string, low: number, high: number): number | undefined => {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? value : undefined;
};

const KEYS: readonly Key[] = [
  {
    key: 'c',
    print: ({ collection }) => collection || undefined,
    parse: (text) => (word(text) ? { collection: text } : undefined),
  },
  {
    key: 'r',
    print: ({ run }) => differs(run, 'latest'),
    parse: (text) => (/^\d{8}T\d{6}Z$/.test(text) ? { run: text } : undefined),
  },
  {
    key: 'p',
    print: ({ param }) => param || undefined,
    parse: (text) => (word(text) ? { param: text } : undefined),
  },
  {
    key: 'z',
    print: ({ level }) => (level === undefined ? undefined : String(level)),
    parse: (text) => {
      const level = number(text, -1e6, 1e6);
      return level === undefined ? undefined : { level };
    },
  },
  {
    key: 'm',
    print: ({ member }) => (member < 0 ? undefined : String(member)),
    parse: (text) => {
      const member = number(text, 0, 9999);
      return member === undefined || !Number.isInteger(member) ? undefined : { member };
    },
  },
  {
    key: 't',
    print: ({ time }) => time || undefined,
    parse: (text) => (TIME.test(text) ? { time: text } : undefined),
  },
  {
    key: 'o',
    print: ({ overlays }) => differs(overlayText(overlays), overlayText(START.overlays)),
    parse: (text) => {
      if (text === NO_OVERLAY) return { overlays: [] };
      const overlays = text.split(',').map((one) => oneOf(OVERLAYS, one));
      return overlays.every((one) => one !== undefined) ? { overlays: overlays as Overlay[] } : undefined;
    },
  },
  {
    key: 's',
    print: ({ scale }) => scale?.map((value) => String(Number(value.toPrecision(6)))).join(','),
    parse: (text) => {
      const numbers = text.split(',').map((word) => (RANGE_END.test(word) ? Number(word) : Number.NaN));
      const [low, high] = numbers as [number, number];
      return numbers.length === 2 && high > low ? { scale: [low, high] } : undefined;
    },
  },
  {
    key: 'crs',
    print: ({ crs }) => crs,
    parse: (text) => {
      const crs = oneOf(CRS, text);
      return crs && { crs };
    },
  },
  { key: 'v', print: ({ view }) => view && printView(view), parse: parseView },
  {
    key: 'f',
    print: ({ feature }) => feature && printFeature(feature),
    parse: (text) => {
      const feature = parseFeature(text);
      return feature && { feature };
    },
  },
  {
    key: 'tab',
    print: ({ tab, feature }) => differs(tab, firstTab(feature)),
    parse: (text) => {
      const tab = oneOf(TABS, text);
      return tab && { tab };
    },
  },
  { key: 'u', print: printUnits, parse: parseUnits },
  {
    key: 'tz',
    print: ({ zone }) => differs(zone, START.zone),
    parse: (text) => (text === 'local' || text === 'utc' ? { zone: text } : undefined),
  },
  {
    key: 'lang',
    print: ({ lang }) => differs(lang, START.lang),
    parse: (text) => (text === 'en' || text === 'fr' ? { lang: text } : undefined),
  },
  {
    key: 'theme',
    print: ({ theme }) => differs(theme, START.theme),
    parse: (text) => (text === 'light' || text === 'dark' || text === 'auto' ? { theme: text } : undefined),
  },
  {
    key: 'job',
    print: ({ job }) => job,
    parse: (text) => (/^[A-Za-z0-9._-]{1,80}$/.test(text) ? { job: text } : undefined),
  },
];

/** Characters that a fragment may hold plainly; everything else is escaped. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/%(2C|3A|3B|2F|40|2B|3D)/g, (code) => decodeURIComponent(code));

/** `#c=…&…`; empty for the state that a bare address means. */
export function printLink(state: State): string {
  const parts = KEYS.flatMap(({ key, print }) => {
    const text = print(state);
    return text === undefined ? [] : [`${key}=${encoded(text)}`];
  });
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

export interface ParsedLink {
  readonly state: Part;
  /** keys that are unknown or whose values are not valid; they are left out of the state */
  readonly dropped: readonly string[];
}

export function parseLink(fragment: string): ParsedLink {
  let state: Part = {};
  const dropped: string[] = [];
  for (const pair of fragment.replace(/^#/, '').split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const key = KEYS.find((one) => one.key === name);
    const part = key?.parse(decoded(equals < 0 ? '' : pair.slice(equals + 1)));
    if (part === undefined) dropped.push(name.slice(0, 40));
    else state = { ...state, ...part };
  }
  // a shape opens with its own first tab
  if (state.feature !== undefined && state.tab === undefined) state = { ...state, tab: firstTab(state.feature) };
  return { state, dropped };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
