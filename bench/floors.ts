/** Floors by a small C++ program beside this file, compiled once a checkout, and the page cache that it can drop. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../test/paths.js';
import type { Timing } from './harness.js';

let program: string | undefined;

function floorProgram(folder: string): string {
  if (program !== undefined) return program;
  const source = join(root, 'bench', 'floor.cc');
  program = join(folder, 'floor');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(program) || statSync(program).mtimeMs < statSync(source).mtimeMs) {
    execFileSync(process.env['CXX'] ?? 'c++', ['-O2', '-std=c++20', '-o', program, source]);
  }
  return program;
}

/** 8 bytes at one place of every file, each opened for it (`read`) or held open (`held`). */
export function preadFloor(folder: string, kind: 'read' | 'held', n: number, files: readonly string[]): Timing {
  const out = execFileSync(floorProgram(folder), [kind, String(n), '1000000', ...files], { encoding: 'utf8' });
  const [medianMs, minMs] = out.split(' ').map(Number) as [number, number];
  return { medianMs, minMs, n };
}

/** Drops files from the page cache, those that are written out at least. */
export function dropCache(folder: string, files: readonly string[]): void {
  execFileSync(floorProgram(folder), ['drop', ...files]);
}
