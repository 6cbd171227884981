/**
 * A request body becomes a FeatureRequest: keys and feature folded into one typed form, or a FeatureError that names the key,
 * the value and a remedy. Everything that can be decided without the data is decided here, before the queue.
 */
import { z } from 'zod';
import { shorten, show } from './check.js';
import { type FeatureContext, parseFeature } from './feature.js';
import { featureShape } from './feature-shape.js';
import { readFormat } from './format-name.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { countOf, parseSelector, type SelectorContext } from './mars.js';
import { FeatureError } from './problem.js';
import { KEY_ORDER, onlyValue, refuseOverSpecified, refuseUnderSpecified } from './request-keys.js';
import { refuseOversized } from './request-size.js';
import type { Feature, FeatureRequest, KeyName, KeySelector } from './vocabulary.js';

/** Limits that a request is held to. */
export type RequestLimits = Pick<
  Limits,
  'depth' | 'keys' | 'arrayItems' | 'stringBytes' | 'vertices' | 'points' | 'values'
>;

export interface RequestContext {
  /** the day of relative dates */
  readonly now: Date;
  readonly limits?: Partial<RequestLimits>;
  /** of the collection: whether polygons that cross themselves are accepted */
  readonly selfIntersection?: 'error' | 'evenodd';
}

/** Most values of one key that are asked for by name, whatever the limit on values is. */
const MOST_OF_A_KEY = 100_000;

const CONTROLS = ['feature', 'format', 'units', 'expect', 'interpolation'] as const;
type Control = (typeof CONTROLS)[number];

const ALIASES: ReadonlyMap<string, KeyName> = new Map([
  ['level', 'levelist'],
  ['levellist', 'levelist'],
]);

/** Keys of the body; `datetime` is not one of them. */
const BODY_KEYS: ReadonlySet<string> = new Set(KEY_ORDER.filter((key) => key !== 'datetime'));

const anyValue = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]);

/** The body as an OpenAPI document describes it; parsing is `parseFeatureRequest`, which accepts more spellings. */
export const requestBodySchema = z.strictObject({
  ...Object.fromEntries([...BODY_KEYS].map((key) => [key, anyValue.optional().describe(`MARS or record key ${key}.`)])),
  feature: featureShape.describe('What to extract.'),
  format: z.string().optional().describe('Format of the answer; default covjson.'),
  units: z.enum(['native', 'mars']).optional().describe('Units of the values, whatever the parameters are called.'),
  expect: z.enum(['any', 'all']).optional().describe('`any`: missing fields become nulls.'),
  interpolation: z.enum(['nearest', 'bilinear']).optional().describe('The member of the feature of this name.'),
});

function isControl(name: string): name is Control {
  return (CONTROLS as readonly string[]).includes(name);
}

/** Names in lower case, spellings folded; unknown names and names given twice are refused. */
function foldBody(body: unknown): Map<KeyName | Control, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new FeatureError('bad_request', `the request is ${show(body)}; give an object of keys with a "feature".`);
  }
  const folded = new Map<KeyName | Control, unknown>();
  for (const [spelled, value] of Object.entries(body)) {
    const lower = spelled.trim().toLowerCase();
    const name = ALIASES.get(lower) ?? lower;
    if (!BODY_KEYS.has(name) && !isControl(name)) {
      const choices = [...BODY_KEYS, ...CONTROLS].join(', ');
      throw new FeatureError('unknown_key', `${show(spelled)} is an unknown key; remove it or use one of ${choices}.`);
    }
    if (folded.has(name as KeyName)) {
      throw new FeatureError(
        'over_specified',
        `"${name}" is over-specified: the request gives it twice; give it in one place only.`,
      );
    }
    folded.set(name as KeyName | Control, value);
  }
  return folded;
}

function readWord<T extends string>(key: Control, raw: unknown, choices: readonly T[]): T | undefined {
  if (raw === undefined) return undefined;
  const word = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
  const found = choices.find((choice) => choice === word);
  if (found !== undefined) return found;
  throw new FeatureError('bad_value', `"${key}": ${show(raw)} is not a valid value; give ${choices.join(' or ')}.`);
}

/** The feature as given; "interpolation" may stand beside it, as a member of the request. */
function withInterpolation(folded: ReadonlyMap<KeyName | Control, unknown>): unknown {
  const feature = folded.get('feature');
  const beside = folded.get('interpolation');
  if (beside === undefined || typeof feature !== 'object' || feature === null || Array.isArray(feature)) return feature;
  if (Object.keys(feature).some((name) => name.trim().toLowerCase() === 'interpolation')) {
    throw new FeatureError(
      'over_specified',
      '"interpolation" is over-specified: the request gives it and so does the feature; give it in one place only.',
    );
  }
  return { ...feature, interpolation: beside };
}

/** A request has one level type, which decides how its levels are read. */
function readLevtype(raw: unknown, context: SelectorContext): string | undefined {
  if (raw === undefined) return undefined;
  const selector = parseSelector('levtype', raw, context);
  const levtype = onlyValue(new Map([['levtype', selector]]), 'levtype');
  if (levtype !== undefined) return levtype;
  throw new FeatureError(
    'bad_value',
    `"levtype": ${shorten(show(raw))} gives several; ask for one level type in a request.`,
  );
}

function readKeys(
  folded: ReadonlyMap<KeyName | Control, unknown>,
  context: SelectorContext,
): Map<KeyName, KeySelector> {
  const keys = new Map<KeyName, KeySelector>();
  for (const key of KEY_ORDER) {
    const raw = folded.get(key);
    if (folded.has(key)) keys.set(key, parseSelector(key, raw, context));
  }
  return keys;
}

/** Surface fields have no level: 0 says so and is dropped, anything else contradicts it. */
function settleSurface(keys: Map<KeyName, KeySelector>, feature: Feature): void {
  if (onlyValue(keys, 'levtype') !== 'sfc') return;
  if (feature.type === 'verticalprofile') {
    throw new FeatureError('bad_value', '"levtype": a verticalprofile has no levels on sfc; ask for pl, ml, hl or pt.');
  }
  if (feature.type === 'boundingbox' && feature.levels !== undefined) {
    throw new FeatureError(
      'bad_value',
      '"levelist" in the "axes" of the box does not apply to levtype sfc; leave it out.',
    );
  }
  const level = onlyValue(keys, 'levelist');
  if (keys.has('levelist') && level !== '0') {
    throw new FeatureError(
      'bad_value',
      '"levelist" does not apply to levtype sfc; leave it out or ask for another levtype.',
    );
  }
  keys.delete('levelist');
}

function pointCount(feature: Feature): number {
  return 'points' in feature ? feature.points.length : 1;
}

/** Counts what is asked for by name, without expanding it. */
function refuseTooMany(keys: ReadonlyMap<KeyName, KeySelector>, feature: Feature, most: number): void {
  let count = pointCount(feature);
  for (const [key, selector] of keys) count *= countOf(key, selector) ?? 1;
  if (count <= most) return;
  throw new FeatureError(
    'too_large',
    `the keys and points of the "feature" ask for ${count} values, at most ${most} are allowed; ask for less.`,
  );
}

/** Reads a request body (parsed JSON, or YAML with texts kept). Throws FeatureError only. */
export function parseFeatureRequest(body: unknown, context: RequestContext): FeatureRequest {
  const limits = { ...DEFAULT_LIMITS, ...context.limits };
  refuseOversized(body, limits);
  const folded = foldBody(body);
  const base: SelectorContext = { now: context.now.getTime(), mostValues: Math.min(limits.values, MOST_OF_A_KEY) };
  const levtype = readLevtype(folded.get('levtype'), base);
  const reading: SelectorContext = levtype === undefined ? base : { ...base, levtype };
  const fromBody = readKeys(folded, reading);
  const format = readFormat(folded.get('format'));
  const units = readWord('units', folded.get('units'), ['native', 'mars']);
  const expect = readWord('expect', folded.get('expect'), ['any', 'all']);
  if (!folded.has('feature')) {
    throw new FeatureError(
      'under_specified',
      '"feature" is under-specified: whole fields are not served; add a "feature" with a "type".',
    );
  }
  const featureContext: FeatureContext = {
    ...reading,
    vertices: limits.vertices,
    points: limits.points,
    evenOdd: context.selfIntersection === 'evenodd',
  };
  const { feature, keys: fromRange, claims, notes } = parseFeature(withInterpolation(folded), featureContext);
  refuseOverSpecified(fromBody, claims);
  const merged = new Map([...fromBody, ...fromRange]);
  settleSurface(merged, feature);
  refuseUnderSpecified(merged, claims, feature);
  refuseTooMany(merged, feature, limits.values);
  const keys = new Map(KEY_ORDER.flatMap((key) => (merged.has(key) ? [[key, merged.get(key)!] as const] : [])));
  return {
    keys,
    feature,
    format,
    expectAny: expect === 'any',
    ...(units === undefined ? {} : { units }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}
