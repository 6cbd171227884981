/** Keys of a WMS request: names in any case, values as they are. */
import { WmsException } from './exceptions.js';

export class WmsQuery {
  readonly #values = new Map<string, string>();

  constructor(search: URLSearchParams) {
    for (const [key, value] of search) {
      const name = key.toUpperCase();
      if (!this.#values.has(name)) this.#values.set(name, value);
    }
  }

  /** Value of a key; empty counts as absent. */
  get(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === undefined || value === '' ? undefined : value;
  }

  /** Value of a key, also when it is empty. */
  raw(name: string): string | undefined {
    return this.#values.get(name);
  }

  require(name: string): string {
    const value = this.get(name);
    if (value === undefined) {
      throw new WmsException('MissingParameterValue', `${name} is missing; add it to the request.`);
    }
    return value;
  }

  /** A whole number within bounds. */
  integer(name: string, least: number, most: number, fallback?: number): number {
    const text = this.get(name);
    if (text === undefined && fallback !== undefined) return fallback;
    const value = Number(text ?? this.require(name));
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new WmsException('InvalidParameterValue', `${name} ${text} is not a whole number of ${least} to ${most}.`);
    }
    return value;
  }

  number(name: string, fallback: number): number {
    const text = this.get(name);
    const value = text === undefined ? fallback : Number(text);
    if (!Number.isFinite(value)) throw new WmsException('InvalidParameterValue', `${name} ${text} is not a number.`);
    return value;
  }

  /** One of some words, whatever their case. */
  word<W extends string>(name: string, words: readonly W[], fallback: W): W {
    const text = this.get(name);
    if (text === undefined) return fallback;
    const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
    if (found === undefined) {
      throw new WmsException('InvalidParameterValue', `${name} ${text.slice(0, 40)} is none of ${words.join(', ')}.`);
    }
    return found;
  }

  /** Keys and values in a fixed order, for caches. */
  canonical(): string {
    return [...this.#values]
      .map(([key, value]) => `${key}=${value}`)
      .sort()
      .join('&');
  }
}
