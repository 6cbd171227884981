/** Python environments of the interop tests, made by venv.sh. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../paths.js';

/** Folder of the scripts, in the sources. */
export const interopFolder: string = join(root, 'test', 'interop');

/** Interpreter of an environment, or why there is none. Set POLYFST_INTEROP=0 to leave such tests out. */
export function python(name: string): { path: string } | { skip: string } {
  if (process.env['POLYFST_INTEROP'] === '0') return { skip: 'POLYFST_INTEROP=0' };
  const made = spawnSync('sh', [join(interopFolder, 'venv.sh'), name], { encoding: 'utf8' });
  if (made.status === 77) return { skip: made.stderr.trim().split('\n').at(-1) ?? 'no environment' };
  assert.equal(made.status, 0, made.stderr);
  return { path: made.stdout.trim() };
}
