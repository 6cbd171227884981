/**
 * Scanners of single MARS values: dates, times, durations, numbers. They read character by character or with patterns
 * without nested repetition, so that no text makes them slow. `undefined` means: not a value of this kind.
 */

const SECOND = 1000;
const DAY = 86_400_000;

/** Whether the text is made of 1 to `most` digits. */
export function isDigits(text: string, most = 15): boolean {
  if (text.length === 0 || text.length > most) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** A whole number without the empty fraction that some programs print: `6` of `6.0`. Other texts stay. */
function wholeText(text: string): string {
  const dot = text.indexOf('.');
  if (dot <= 0 || text.length > 32 || !/^0+$/.test(text.slice(dot + 1))) return text;
  return /^[+-]?\d+$/.test(text.slice(0, dot)) ? text.slice(0, dot) : text;
}

/** A whole number with an optional sign, also as `6.0`. */
export function scanInteger(given: string): number | undefined {
  const text = wholeText(given);
  const unsigned = text.startsWith('-') || text.startsWith('+') ? text.slice(1) : text;
  if (!isDigits(unsigned)) return undefined;
  const value = Number(text);
  return value === 0 ? 0 : value;
}

const DECIMAL = /^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,3})?$/;

/** A finite decimal number. */
export function scanNumber(text: string): number | undefined {
  if (text.length > 90 || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return value === 0 ? 0 : value;
}

/** Instant of midnight of a civil day of the years 1 to 9999. */
function midnight(year: number, month: number, day: number): number | undefined {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const ms = new Date(0).setUTCFullYear(year, month - 1, day);
  return new Date(ms).getUTCDate() === day ? ms : undefined;
}

/** Midnight UTC of `20241006` or `2024-10-06`, ms. */
export function scanDay(given: string): number | undefined {
  const text = wholeText(given);
  const compact =
    text.length === 10 && text[4] === '-' && text[7] === '-'
      ? text.slice(0, 4) + text.slice(5, 7) + text.slice(8)
      : text;
  if (compact.length !== 8 || !isDigits(compact)) return undefined;
  return midnight(Number(compact.slice(0, 4)), Number(compact.slice(4, 6)), Number(compact.slice(6)));
}

/** A date as above, or days from the day of `now` as `0`, `-1`, …; midnight UTC, ms. */
export function scanDate(text: string, now: number): number | undefined {
  const day = scanDay(text);
  if (day !== undefined) return day;
  const days = scanInteger(text);
  if (days === undefined || days > 0 || days < -100_000) return undefined;
  return Math.floor(now / DAY) * DAY + days * DAY;
}

/** `YYYYMMDD` of an instant. */
export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
}

/** Minutes of the day of `0000`, `00`, `0`, `600`, `00:00` or `00:00:00`. */
export function scanTime(text: string): number | undefined {
  const parts = wholeText(text).split(':');
  if (parts.length > 3 || !parts.every((part) => isDigits(part, 4))) return undefined;
  if (parts.length > 1) {
    if (parts.some((part) => part.length > 2)) return undefined;
    return minutesOf(Number(parts[0]), Number(parts[1]), Number(parts[2] ?? 0));
  }
  const digits = parts[0]!;
  if (digits.length <= 2) return minutesOf(Number(digits), 0, 0);
  return minutesOf(Number(digits.slice(0, -2)), Number(digits.slice(-2)), 0);
}

function minutesOf(hours: number, minutes: number, seconds: number): number | undefined {
  return hours < 24 && minutes < 60 && seconds === 0 ? hours * 60 + minutes : undefined;
}

/** `HHMM` of minutes of the day. */
export function timeText(minutes: number): string {
  return String(Math.floor(minutes / 60) * 100 + (minutes % 60)).padStart(4, '0');
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** Seconds of `6` (hours), `30m`, `1h30m`, `1d`; units from large to small, each once. */
export function scanDuration(text: string): number | undefined {
  const hours = wholeText(text);
  if (isDigits(hours, 9)) return Number(hours) * 3600;
  let seconds = 0;
  let digits = '';
  let smallest = Number.POSITIVE_INFINITY;
  if (text.length > 40) return undefined;
  for (const char of text.toLowerCase()) {
    if (char >= '0' && char <= '9') {
      digits += char;
      continue;
    }
    const unit = UNITS[char];
    if (unit === undefined || unit >= smallest || !isDigits(digits, 9)) return undefined;
    seconds += Number(digits) * unit;
    smallest = unit;
    digits = '';
  }
  return digits === '' && smallest !== Number.POSITIVE_INFINITY ? seconds : undefined;
}

/** The shortest text that `scanDuration` reads as these seconds: whole hours as a number. */
export function durationText(seconds: number): string {
  if (seconds % 3600 === 0) return String(seconds / 3600);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${rest > 0 ? `${rest}s` : ''}`;
}

/** Instant (ms) of ISO 8601 date-times in UTC, basic or extended, `Z` optional; a date alone is its midnight. */
export function scanInstant(text: string): number | undefined {
  const bare = text.endsWith('Z') || text.endsWith('z') ? text.slice(0, -1) : text;
  const cut = bare.search(/[Tt ]/);
  const day = scanDay(cut < 0 ? bare : bare.slice(0, cut));
  if (day === undefined || cut < 0) return bare === text || cut >= 0 ? day : undefined;
  let clock = bare.slice(cut + 1);
  const dot = clock.indexOf('.');
  if (dot >= 0) {
    if (!/^0{1,9}$/.test(clock.slice(dot + 1))) return undefined;
    clock = clock.slice(0, dot);
  }
  const parts = clock.includes(':') ? clock.split(':') : (clock.match(/.{1,2}/gs) ?? []);
  if (parts.length < 1 || parts.length > 3 || !parts.every((part) => part.length === 2 && isDigits(part)))
    return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = parts.map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return day + ((hours * 60 + minutes) * 60 + seconds) * SECOND;
}

/** `YYYY-MM-DDTHH:MM:SSZ` of an instant. */
export function instantText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
