/**
 * Where tests find things: the repository's root, and the reference files that may stand beside a checkout.
 * Tests that need the reference files skip, with the reason printed, when they are absent.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the repository (compiled tests run from dist/). */
export const root: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const sharedRoot = process.env['POLYFST_SHARED'] ?? join(root, '..', 'shared');

/** Path below the reference folder, or undefined when it is not there. */
export function shared(...parts: string[]): string | undefined {
  const path = join(sharedRoot, ...parts);
  return existsSync(path) ? path : undefined;
}

/** Reason to skip, for `{ skip }` of node:test: false when the path is there. */
export function skipWithout(path: string | undefined, what: string): string | false {
  return path === undefined ? `${what} is not beside this checkout (set POLYFST_SHARED)` : false;
}
