/** Words in the language chosen. French is loaded when it is first wanted. */
import { en, type Key, type Words } from './en.js';

export type { Key } from './en.js';
export type Lang = 'en' | 'fr';
export type Values = Readonly<Record<string, string | number>>;
export type Translate = (key: Key, values?: Values) => string;

const loaded = new Map<Lang, Words>([['en', en]]);

export async function loadWords(lang: Lang): Promise<void> {
  if (lang === 'fr' && !loaded.has('fr')) loaded.set('fr', (await import('./fr.js')).fr);
}

export function fill(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Words of a language; English where it is not loaded yet. */
export function translator(lang: Lang): Translate {
  const words = loaded.get(lang) ?? en;
  return (key, values = {}) => fill(words[key], values);
}

/** `one` or `other`, as the language counts. */
export function plural(lang: Lang, count: number): 'one' | 'other' {
  return new Intl.PluralRules(lang).select(count) === 'one' ? 'one' : 'other';
}

/** `711`, `0.3 MB` */
export function bytesText(bytes: number, lang: Lang): string {
  const [size, unit] =
    bytes >= 1e6 ? [bytes / 1e6, lang === 'fr' ? 'Mo' : 'MB'] : [bytes / 1e3, lang === 'fr' ? 'ko' : 'kB'];
  const digits = size < 10 ? 1 : 0;
  return `${new Intl.NumberFormat(`${lang}-CA`, { maximumFractionDigits: digits }).format(size)}\u00a0${unit}`;
}
