/** Python environments of the interop tests, made by venv.sh, and scripts run in them. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../paths.js';

/** Folder of the scripts, in the sources. */
export const interopFolder: string = join(root, 'test', 'interop');

const MOST_OUTPUT = 256 * 2 ** 20;

/** Interpreter of an environment, or why there is none. Set POLYFST_INTEROP=0 to leave such tests out. */
export function environment(name: string): { python: string } | { skip: string } {
  if (process.env['POLYFST_INTEROP'] === '0') return { skip: 'POLYFST_INTEROP=0' };
  const made = spawnSync('sh', [join(interopFolder, 'venv.sh'), name], { encoding: 'utf8' });
  if (made.status === 77) return { skip: made.stderr.trim().split('\n').at(-1) ?? 'no environment' };
  assert.equal(made.status, 0, made.stderr);
  return { python: made.stdout.trim() };
}

/** Runs a script of this folder and parses what it prints: one JSON value a line. */
export function jsonLines(python: string, script: string, args: readonly string[]): unknown[] {
  const ran = spawnSync(python, [join(interopFolder, script), ...args], { encoding: 'utf8', maxBuffer: MOST_OUTPUT });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout
    .split('\n')
    .filter((line) => line.startsWith('{') || line.startsWith('['))
    .map((line) => JSON.parse(line) as unknown);
}

/** Runs a script of this folder while a service of this process answers it; gives the lines that it prints. */
export async function runScript(python: string, script: string, args: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(python, [join(interopFolder, script), ...args], {
    maxBuffer: MOST_OUTPUT,
  }).catch((error: { stdout: string; stderr: string }) => assert.fail(`${error.stdout}\n${error.stderr}`));
  return stdout.trim().split('\n');
}
