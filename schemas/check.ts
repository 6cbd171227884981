/**
 * Running a zod schema at a trust boundary: at most ten issues, short text, and a FeatureError that names the key. A file or
 * body over its size is refused before it comes here, so that a schema never walks a hostile value.
 */
import type { z } from 'zod';
import { FeatureError } from './problem.js';

const MAX_ISSUES = 10;
const MAX_TEXT = 2048;

/** Cuts text for a message; what a client sent may be long. */
export function shorten(text: string, length = 80): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${shorten(value)}"`;
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((part) => shorten(String(part), 64)).join('.');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[part];
  }
  return at;
}

/**
 * What `schema` makes of `value`; otherwise an error that starts with `subject` and names the keys at fault. `quote` shows
 * their values too: not for texts that may hold a secret.
 */
export function check<T extends z.ZodType>(schema: T, value: unknown, subject: string, quote = false): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const sentences: string[] = [];
  let unknownOnly = true;
  for (const issue of result.error.issues.slice(0, MAX_ISSUES)) {
    const where = pathOf(issue.path);
    if (issue.code === 'unrecognized_keys') {
      const names = issue.keys
        .slice(0, MAX_ISSUES)
        .map((key) => `"${shorten(where === '' ? key : `${where}.${key}`)}"`);
      sentences.push(`unknown key ${names.join(', ')}`);
    } else {
      unknownOnly = false;
      const given = quote ? `, given ${show(valueAt(value, issue.path))}` : '';
      sentences.push(`${where === '' ? 'the whole' : where}: ${issue.message}${given}`);
    }
  }
  const more = result.error.issues.length - MAX_ISSUES;
  if (more > 0) sentences.push(`and ${more} more`);
  const text = shorten(`${subject}: ${sentences.join('; ')}; correct or remove it.`, MAX_TEXT);
  throw new FeatureError(unknownOnly ? 'unknown_key' : 'bad_value', text);
}
