/** Floors by a small C++ program beside this file, compiled once a checkout, and the page cache that it can drop. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
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

/** Bytes that an answer cannot do without. */
export interface Span {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Time of nothing but opening each file once, one `pread` a span, and closing. Spans of one file are neighbours. */
export function preadFloor(folder: string, n: number, spans: readonly Span[]): Timing {
  const lines: string[] = [];
  let path: string | undefined;
  for (const span of spans) {
    if (span.path !== path) lines.push(`f ${span.path}`);
    path = span.path;
    lines.push(`${span.offset} ${span.bytes}`);
  }
  const list = join(folder, `spans-${process.pid}.txt`);
  writeFileSync(list, `${lines.join('\n')}\n`);
  const out = execFileSync(floorProgram(folder), ['spans', String(n), list], { encoding: 'utf8' });
  const [medianMs, minMs] = out.split(' ').map(Number) as [number, number];
  return { medianMs, minMs, n };
}

/** Drops files from the page cache, those that are written out at least. */
export function dropCache(folder: string, files: readonly string[]): void {
  execFileSync(floorProgram(folder), ['drop', ...files]);
}
