/** Query strings of the OGC resources: names in lower case, each once; and the choice between a document and its page. */
import type { Request } from 'express';
import { FeatureError } from '../../schemas/problem.js';

export type QueryValues = ReadonlyMap<string, string>;

/** Parts of several axes may be several parameters. */
const LISTS: ReadonlySet<string> = new Set(['subset']);

/** Values by name in lower case, those of `lists` joined by commas. Throws FeatureError `bad_value` for another given twice. */
export function readQueryValues(req: Request, lists: ReadonlySet<string> = LISTS): QueryValues {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(req.query)) {
    const key = name.toLowerCase();
    if (lists.has(key) && Array.isArray(value)) {
      values.set(key, value.join(','));
      continue;
    }
    if (typeof value !== 'string' || values.has(key)) {
      throw new FeatureError(
        'bad_value',
        `"${name.slice(0, 40)}" is given twice; give it once, values separated by commas.`,
      );
    }
    values.set(key, value);
  }
  return values;
}

export type DocumentFormat = 'json' | 'html';

const NAMES: Readonly<Record<string, DocumentFormat>> = {
  json: 'json',
  'application/json': 'json',
  geojson: 'json',
  'application/geo+json': 'json',
  html: 'html',
  'text/html': 'html',
};

/** Whether a document is wanted as JSON or as a page: `f` decides before `Accept`. */
export function documentFormat(req: Request, values: QueryValues): DocumentFormat {
  const asked = values.get('f')?.trim().toLowerCase();
  if (asked !== undefined && asked !== '') {
    const found = NAMES[asked];
    if (found !== undefined) return found;
    throw new FeatureError('bad_value', `f: "${asked.slice(0, 40)}" is not offered here; give json or html.`);
  }
  return req.accepts(['application/json', 'text/html', 'application/geo+json']) === 'text/html' ? 'html' : 'json';
}
