/** Times of the time dimension: ISO 8601 text without milliseconds, and series of them as start/end/period. */

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.\d+)?)?)?)?Z?$/i;
const RUN = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

function toMs(match: RegExpExecArray | null): number {
  if (match === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(ms).getUTCDate() === day && hour < 24 ? ms : Number.NaN;
}

/** ms of an instant, NaN for anything else. A date alone is its midnight. */
export const isoTime = (text: string): number => toMs(ISO.exec(text.trim()));

/** ms of a base time, as ISO or as the id of a run. */
export const runTime = (text: string): number => toMs(ISO.exec(text.trim()) ?? RUN.exec(text.trim()));

/** `2025-01-15T06:00:00Z` */
export function isoText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** ISO duration of whole seconds. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds % 86_400 === 0) return `P${seconds / 86_400}D`;
  if (seconds % 3600 === 0) return `PT${seconds / 3600}H`;
  return seconds % 60 === 0 ? `PT${seconds / 60}M` : `PT${seconds}S`;
}

/** Times as `start/end/period` where they are evenly spaced, else as a list. */
export function timeExtent(times: readonly number[]): string {
  const step = times.length > 2 ? times[1]! - times[0]! : 0;
  const isEven = step > 0 && times.every((time, n) => time === times[0]! + n * step);
  if (isEven) return `${isoText(times[0]!)}/${isoText(times.at(-1)!)}/${durationText(step)}`;
  return times.map(isoText).join(',');
}
