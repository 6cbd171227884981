/**
 * Bodies of submits. Order of work: length (before reading), UTF-8, depth, parse, sizes; only then does the request schema
 * see it. v1 wraps the request (`verb`, `request` as text or object); v2 is flat, and a wrapper is flattened.
 */

import { shorten } from '../schemas/check.js';
import type { Limits } from '../schemas/limits.js';
import { FeatureError } from '../schemas/problem.js';
import { decodeUtf8 } from './text-scan.js';
import { emptyMap, type PlainMap, type PlainValue, parseYamlText } from './yaml-text.js';

export type BodyLimits = Pick<Limits, 'depth' | 'keys' | 'arrayItems' | 'stringBytes'>;

/** The request of a v1 body. Unknown members of the wrapper are ignored. */
export function parseV1Body(bytes: Uint8Array, limits: BodyLimits): PlainMap {
  const body = asMap(parseYamlText(decodeUtf8(bytes), limits.depth), 'The body');
  const verb = body['verb'];
  if (verb !== 'retrieve') {
    const named = typeof verb === 'string' ? `"${shorten(verb, 40)}" ` : '';
    throw new FeatureError('bad_request', `Transfer type ${named}not supported; set verb to "retrieve".`);
  }
  const request = requestOf(body['request'], limits);
  checkSizes(request, limits);
  return request;
}

/** The request of a v2 body. Members beside a wrapped `request` win over its own. */
export function parseV2Body(bytes: Uint8Array, limits: BodyLimits): PlainMap {
  const body = asMap(parseYamlText(decodeUtf8(bytes), limits.depth), 'The body');
  const request = emptyMap();
  if (body['request'] !== undefined) Object.assign(request, requestOf(body['request'], limits));
  const wrapped = body['request'] !== undefined || body['verb'] !== undefined;
  for (const [key, value] of Object.entries(body)) {
    if (key === 'request' || key === 'verb' || (wrapped && key === 'collection')) continue;
    request[key] = value;
  }
  checkSizes(request, limits);
  return request;
}

function requestOf(value: PlainValue | undefined, limits: BodyLimits): PlainMap {
  if (value === undefined) {
    throw new FeatureError(
      'bad_request',
      'The member "request" is missing; give the request as an object or YAML text.',
    );
  }
  return asMap(typeof value === 'string' ? parseYamlText(value, limits.depth) : value, 'The member "request"');
}

function asMap(value: PlainValue, what: string): PlainMap {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new FeatureError('bad_request', `${what} is not a mapping; send an object of keys and values.`);
}

/** Counts keys, items and text lengths. Recursion is bounded by the depth that the parser allowed. */
function checkSizes(value: PlainValue, limits: BodyLimits): void {
  if (typeof value === 'string') {
    if (value.length > limits.stringBytes || Buffer.byteLength(value) > limits.stringBytes) {
      throw new FeatureError(
        'bad_value',
        `A text of the request is longer than ${limits.stringBytes} bytes; shorten it.`,
      );
    }
  } else if (Array.isArray(value)) {
    if (value.length > limits.arrayItems) {
      const detail = `A list of the request has ${value.length} items, ${limits.arrayItems} are allowed; split the request.`;
      throw new FeatureError('bad_value', detail);
    }
    for (const item of value) checkSizes(item, limits);
  } else if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value);
    if (keys.length > limits.keys) {
      throw new FeatureError(
        'bad_request',
        `The request has ${keys.length} keys, ${limits.keys} are allowed; remove some.`,
      );
    }
    for (const key of keys) {
      checkSizes(key, limits);
      checkSizes(value[key]!, limits);
    }
  }
}
