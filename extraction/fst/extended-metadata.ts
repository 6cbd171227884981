/**
 * Extended metadata of RSF records: JSON text in which other programs leave bare NaN and infinities, which JSON has not.
 * Reading takes them for null; writing never makes them.
 */
import { FeatureError } from '../../schemas/problem.js';

/** A string, or a number that JSON has not. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|nan|Infinity|Inf|inf)\b/gs;

/** The text as JSON that any parser takes. */
export function cleanMetadata(text: string): string {
  return text.replace(TOKEN, (token) => (token.startsWith('"') ? token : 'null'));
}

/** The object that the text holds, null for no text. Throws SyntaxError. */
export function parseMetadata(text: string): Readonly<Record<string, unknown>> | null {
  if (text.trim() === '') return null;
  const parsed: unknown = JSON.parse(cleanMetadata(text));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('not an object');
  return parsed as Record<string, unknown>;
}

/** Text to be stored. Throws FeatureError `bad_value` for what JSON cannot hold. */
export function metadataText(metadata: Readonly<Record<string, unknown>> | string): string {
  if (typeof metadata !== 'string') return JSON.stringify(metadata);
  try {
    parseMetadata(metadata);
  } catch (cause) {
    throw new FeatureError('bad_value', `metadata "${metadata.slice(0, 40)}" are not a JSON object; give one.`, {
      cause,
    });
  }
  return metadata;
}
