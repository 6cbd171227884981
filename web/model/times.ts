/** Instants and lists of values as EDR documents write them, and instants as people read them. */

const ISO_DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const MAX_REPEATS = 100_000;

/** Milliseconds of `PT6H` and the like; NaN for anything else. */
export function durationMs(text: string): number {
  const found = ISO_DURATION.exec(text);
  if (found === null) return Number.NaN;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** Instants, ms: `R49/2025-01-16T00:00:00Z/PT1H` or single ones. */
export function expandTimes(values: readonly string[]): number[] {
  return values.flatMap((value) => {
    const [head = '', start = '', step = ''] = value.split('/');
    if (!head.startsWith('R')) return Number.isNaN(Date.parse(value)) ? [] : [Date.parse(value)];
    const [count, first, period] = [Number(head.slice(1)), Date.parse(start), durationMs(step)];
    if (!(count >= 0 && count <= MAX_REPEATS) || Number.isNaN(first + period)) return [];
    return Array.from({ length: count }, (_, n) => first + n * period);
  });
}

/** Numbers: `R20/1/1` or single ones. */
export function expandNumbers(values: readonly string[]): number[] {
  return values.flatMap((value) => {
    const [head = '', start = '', step = ''] = value.split('/');
    if (!head.startsWith('R')) return Number.isNaN(Number(value)) ? [] : [Number(value)];
    const count = Math.min(Number(head.slice(1)) || 0, MAX_REPEATS);
    return Array.from({ length: count }, (_, n) => Number(start) + n * Number(step));
  });
}

/** `2025-01-16T18:00Z`; with seconds only where there are some. */
export function isoMinute(ms: number): string {
  const text = new Date(ms).toISOString();
  return ms % 60_000 === 0 ? `${text.slice(0, 16)}Z` : `${text.slice(0, 19)}Z`;
}

/** `2025-01-16T18:00:00Z`, as requests want it. */
export const isoSecond = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** `20250116T000000Z` → ms; NaN for other text. */
export function runBase(id: string): number {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(id);
  if (found === null) return Number.NaN;
  const [, y, m, d, h, min, s] = found;
  return Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`);
}

/** Index of the time nearest to `wanted`; -1 for an empty list. */
export function nearestIndex(times: readonly number[], wanted: number): number {
  let best = -1;
  for (const [index, time] of times.entries()) {
    if (best < 0 || Math.abs(time - wanted) < Math.abs(times[best]! - wanted)) best = index;
  }
  return best;
}

/** What the link says about time, as an instant: `+18h` counts from the start of the run. */
export function timeOf(text: string, base: number): number {
  return text.startsWith('+') ? base + Number.parseFloat(text) * 3_600_000 : Date.parse(text);
}

export type Zone = 'utc' | 'local';
const zoneOf = (zone: Zone): { timeZone?: string } => (zone === 'utc' ? { timeZone: 'UTC' } : {});
const formats = new Map<string, Intl.DateTimeFormat>();

function format(lang: string, zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${lang} ${zone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(`${lang}-CA`, { ...options, ...zoneOf(zone) });
  formats.set(key, made);
  return made;
}

function partsOf(ms: number, lang: string, zone: Zone, options: Intl.DateTimeFormatOptions): Record<string, string> {
  return Object.fromEntries(
    format(lang, zone, options)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
}

/** Name of the zone of an instant: UTC, EST … */
export function zoneName(ms: number, lang: string, zone: Zone): string {
  return zone === 'utc' ? 'UTC' : (partsOf(ms, lang, zone, { timeZoneName: 'short' })['timeZoneName'] ?? '');
}

/** `16 Jan`, `16 janv.` */
export function dateText(ms: number, lang: string, zone: Zone): string {
  const { day, month = '' } = partsOf(ms, lang, zone, { day: 'numeric', month: 'short' });
  return `${day} ${lang === 'en' ? month.replace('.', '') : month}`;
}

/** `Thu 16 Jan`, `jeu. 16 janv.` */
export function dayText(ms: number, lang: string, zone: Zone): string {
  const { weekday = '' } = partsOf(ms, lang, zone, { weekday: 'short' });
  return `${lang === 'en' ? weekday.replace('.', '') : weekday} ${dateText(ms, lang, zone)}`;
}

/** `18:00` or `18 h 00`. */
export function clockText(ms: number, lang: string, zone: Zone): string {
  const { hour = '', minute = '' } = partsOf(ms, 'en', zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return lang === 'fr' ? `${Number(hour)} h ${minute}` : `${hour}:${minute}`;
}

/** Hour and minute of the clock in the zone, 0..1439. */
export function minuteOfDay(ms: number, zone: Zone): number {
  const { hour = '0', minute = '0' } = partsOf(ms, 'en', zone, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return Number(hour) * 60 + Number(minute);
}

/** `Thu 16 Jan 18:00 UTC` */
export function timeText(ms: number, lang: string, zone: Zone): string {
  return `${dayText(ms, lang, zone)} ${clockText(ms, lang, zone)} ${zoneName(ms, lang, zone)}`;
}

/** `+18 h`, `+0 h 15` */
export function leadText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `+${hours} h` : `+${hours} h ${String(minutes % 60).padStart(2, '0')}`;
}
