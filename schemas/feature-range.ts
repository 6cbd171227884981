/** The `range` of a feature: `{start, end, interval}` or a list, folded into the selector of the axis that it is on. */
import { show } from './check.js';
import { makeRange, parseSelector, type SelectorContext } from './mars.js';
import { KINDS } from './mars-kinds.js';
import { FeatureError } from './problem.js';
import type { AxisValue, KeyName, KeySelector } from './vocabulary.js';

function bad(why: string): never {
  throw new FeatureError('bad_value', `feature "range": ${why}.`);
}

function readEnd(key: KeyName, raw: unknown, name: string, context: SelectorContext): AxisValue {
  const value =
    typeof raw === 'number' || typeof raw === 'string' ? KINDS[key].read(String(raw).trim(), context) : undefined;
  return value ?? bad(`"${name}" ${show(raw)} is not a valid ${key}; give ${KINDS[key].forms}`);
}

/** The selector of a range on `key`; nothing when there is no range. On datetime the end is excluded. */
export function readRange(key: KeyName, raw: unknown, context: SelectorContext): ReadonlyMap<KeyName, KeySelector> {
  if (raw === undefined) return new Map();
  return new Map([
    [key, naming(() => (Array.isArray(raw) ? parseSelector(key, raw, context) : fromEnds(key, raw, context)))],
  ]);
}

/** Errors of the values say that they are those of the range. */
function naming(read: () => KeySelector): KeySelector {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FeatureError) || error.message.startsWith('feature')) throw error;
    throw new FeatureError(error.code, `feature "range" of ${error.message}`, { data: error.data, cause: error });
  }
}

function fromEnds(key: KeyName, raw: unknown, context: SelectorContext): KeySelector {
  const { start, end, interval } = raw as Readonly<Record<string, unknown>>;
  const from = readEnd(key, start, 'start', context);
  const to = readEnd(key, end, 'end', context);
  let by: number | undefined;
  if (interval !== undefined) {
    by = KINDS[key].readBy?.(String(interval).trim());
    if (by === undefined) bad(`"interval" ${show(interval)} is not valid on ${key}; give an interval above 0`);
  }
  return makeRange(key, from, to, by, context, key === 'datetime');
}
