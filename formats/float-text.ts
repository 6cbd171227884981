/**
 * Numbers as text: float32 values as the shortest decimals that give the float32 back, coordinates and times as fixed
 * forms. Writes ASCII bytes into a growing buffer; a value costs a few multiplications when its neighbours look alike.
 */

const POWERS = Float64Array.from({ length: 12 }, (_, d) => 10 ** d);
const MOST_DECIMALS = 11;
const ZERO = 48;

/** Bytes under construction; `take` hands over what is there and starts again. */
export class TextBuffer {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;
  /** decimals that the last value needed: the next one starts there */
  #decimals = 1;

  get length(): number {
    return this.#length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  ascii(text: string): void {
    this.#reserve(text.length);
    for (let c = 0; c < text.length; c++) this.#bytes[this.#length + c] = text.charCodeAt(c);
    this.#length += text.length;
  }

  bytes(block: Uint8Array): void {
    this.#reserve(block.length);
    this.#bytes.set(block, this.#length);
    this.#length += block.length;
  }

  byte(code: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = code;
  }

  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** Shortest decimal of a float32; `null` for NaN and infinities. */
  float32(value: number): void {
    const size = Math.abs(value);
    if (!(size < Infinity)) this.ascii('null');
    else if (size === 0) this.ascii(Object.is(value, -0) ? '-0.0' : '0.0');
    else if (size < 1e-3 || size >= 1e7) this.ascii(shortestFloat32(value));
    else this.#scaled(value, size);
  }

  /** Shortest decimal of a float64; `null` for NaN and infinities. */
  float64(value: number): void {
    if (!Number.isFinite(value)) this.ascii('null');
    else this.ascii(Object.is(value, -0) ? '-0.0' : jsonNumber(value));
  }

  /** Fewest decimals whose nearest decimal reads back as the same float32. */
  #scaled(value: number, size: number): void {
    let d = this.#decimals;
    let scaled = Math.round(size * POWERS[d]!);
    if (Math.fround(scaled / POWERS[d]!) === size) {
      while (d > 0) {
        const fewer = Math.round(size * POWERS[d - 1]!);
        if (Math.fround(fewer / POWERS[d - 1]!) !== size) break;
        scaled = fewer;
        d--;
      }
    } else {
      do {
        if (d === MOST_DECIMALS) {
          this.ascii(shortestFloat32(value));
          return;
        }
        d++;
        scaled = Math.round(size * POWERS[d]!);
      } while (Math.fround(scaled / POWERS[d]!) !== size);
    }
    this.#decimals = d;
    this.#fixed(value < 0, scaled, d);
  }

  /** Writes ±scaled / 10^decimals, with at least one decimal. */
  #fixed(negative: boolean, scaled: number, decimals: number): void {
    this.#reserve(32);
    const bytes = this.#bytes;
    let at = this.#length;
    if (negative) bytes[at++] = 45;
    const power = POWERS[decimals]!;
    const whole = Math.floor(scaled / power);
    let part = scaled - whole * power;
    let digits = 1;
    while (digits < 11 && whole >= POWERS[digits]!) digits++;
    let rest = whole;
    for (let n = digits - 1; n >= 0; n--) {
      const next = Math.floor(rest / 10);
      bytes[at + n] = ZERO + (rest - 10 * next);
      rest = next;
    }
    at += digits;
    bytes[at++] = 46;
    if (decimals === 0) bytes[at++] = ZERO;
    for (let n = decimals - 1; n >= 0; n--) {
      const next = Math.floor(part / 10);
      bytes[at + n] = ZERO + (part - 10 * next);
      part = next;
    }
    this.#length = at + decimals;
  }

  /** A coordinate in degrees to a billionth, without trailing zeros but with one decimal at least. */
  degrees(value: number): void {
    const size = Math.abs(value);
    let decimals = 9;
    let scaled = Math.round(size * 1e9);
    const negative = value < 0 && scaled > 0;
    while (decimals > 0 && scaled % 1000 === 0 && decimals >= 3) {
      scaled /= 1000;
      decimals -= 3;
    }
    while (decimals > 0 && scaled % 10 === 0) {
      scaled /= 10;
      decimals--;
    }
    this.#fixed(negative, scaled, decimals);
  }
}

/** Shortest decimal of a float32 of any size, as JSON number text. */
export function shortestFloat32(value: number): string {
  for (let digits = 1; digits < 10; digits++) {
    const text = value.toPrecision(digits);
    const number = Number(text);
    if (Math.fround(number) === value) return jsonNumber(number);
  }
  return jsonNumber(value);
}

function jsonNumber(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Longitude in [-180, 180), rounded as it will be written. */
export function wrapLongitude(lon: number): number {
  const rounded = Math.round(lon * 1e9) / 1e9;
  const wrapped = rounded - 360 * Math.floor((rounded + 180) / 360);
  return Math.round(wrapped * 1e9) / 1e9 + 0;
}

const DAY_SECONDS = 86_400;
const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
/** The day of the last time written: neighbours mostly share it. */
let lastDay = Number.NaN;
let lastDate = '';

/** UTC instant to the second, without milliseconds. */
export function isoTime(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const day = Math.floor(seconds / DAY_SECONDS);
  if (day !== lastDay) {
    lastDate = new Date(day * DAY_SECONDS * 1000).toISOString().split('T', 1)[0]!;
    lastDay = day;
  }
  const rest = seconds - day * DAY_SECONDS;
  const minutes = Math.floor(rest / 60);
  const hour = TWO_DIGITS[Math.floor(minutes / 60)]!;
  return `${lastDate}T${hour}:${TWO_DIGITS[minutes % 60]!}:${TWO_DIGITS[rest % 60]!}Z`;
}
