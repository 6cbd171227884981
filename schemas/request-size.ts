/** Sizes of a request body, looked at before any schema or parser walks it: depth, keys, items, length of texts. */
import { shorten } from './check.js';
import type { Limits } from './limits.js';
import { FeatureError } from './problem.js';

export type SizeLimits = Pick<Limits, 'depth' | 'keys' | 'arrayItems' | 'stringBytes'>;

const encoder = new TextEncoder();

function tooLong(text: string, most: number): boolean {
  // A UTF-16 unit is one to three bytes of UTF-8: most texts are decided without encoding them.
  if (text.length > most) return true;
  return text.length * 3 > most && encoder.encode(text).length > most;
}

function refuseText(text: string, where: string, most: number): void {
  if (!tooLong(text, most)) return;
  throw new FeatureError('bad_value', `"${shorten(where)}": a text is longer than ${most} bytes; give a shorter one.`);
}

/** A point: nothing in it can be too long or too deep. */
function isShortNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.length <= 4 && value.every((item) => typeof item === 'number');
}

/** Throws FeatureError for a body beyond the limits. One pass without recursion, so that no nesting can break it. */
export function refuseOversized(body: unknown, limits: SizeLimits): void {
  const waiting: { value: unknown; depth: number; where: string }[] = [{ value: body, depth: 0, where: 'the request' }];
  let keys = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth, where } = next;
    if (typeof value === 'string') refuseText(value, where, limits.stringBytes);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= limits.depth) {
      throw new FeatureError(
        'bad_value',
        `"${shorten(where)}": nested deeper than ${limits.depth} levels; give it flatter.`,
      );
    }
    if (Array.isArray(value)) {
      if (value.length > limits.arrayItems) {
        throw new FeatureError(
          'too_many_points',
          `"${shorten(where)}": a list of ${value.length} items is over the limit of ${limits.arrayItems}; give fewer points.`,
        );
      }
      for (const item of value) {
        // numbers are most of what long lists hold
        if (typeof item === 'string') refuseText(item, where, limits.stringBytes);
        else if (typeof item === 'object' && !(depth + 1 < limits.depth && isShortNumbers(item)))
          waiting.push({ value: item, depth: depth + 1, where });
      }
      continue;
    }
    const entries = Object.entries(value);
    keys += entries.length;
    if (keys > limits.keys) {
      throw new FeatureError('bad_value', `"${shorten(where)}": more than ${limits.keys} keys; give fewer.`);
    }
    for (const [key, item] of entries) {
      refuseText(key, where, limits.stringBytes);
      waiting.push({ value: item, depth: depth + 1, where: depth === 0 ? key : where });
    }
  }
}
