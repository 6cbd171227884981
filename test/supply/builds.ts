/**
 * P14: one commit, built twice in folders of different names, gives the same files: the addon, the programs and the page. Both
 * builds use the packages that are installed here.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../paths.js';

const run = promisify(execFile);

/** Hash of each file below a folder, by its path from there. */
export async function hashesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const hashes = new Map<string, string>();
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const hash = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    hashes.set(relative(folder, path), hash);
  }
  return hashes;
}

/** Files that are in one folder only, or differ; sorted. */
export function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path)).sort();
}

async function build(folder: string, commit: string): Promise<ReadonlyMap<string, string>> {
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'commit.tar');
  await run('git', ['-C', root, 'archive', '-o', archive, commit]);
  await run('tar', ['xf', archive, '-C', folder]);
  await rm(archive);
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const options = { cwd: folder, maxBuffer: 1 << 28 };
  await run('npm', ['run', 'build:native'], options);
  await run('npm', ['run', 'build'], options);
  const addon = createHash('sha256')
    .update(await readFile(join(folder, 'native', 'build', 'fst.node')))
    .digest('hex');
  const programs = await hashesOf(join(folder, 'dist'));
  // what the compiler keeps for its next run is no part of the program
  const kept = [...programs].filter(([path]) => !path.endsWith('.tsbuildinfo'));
  return new Map([['native/build/fst.node', addon], ...kept]);
}

export interface Comparison {
  readonly commit: string;
  readonly files: number;
  readonly differ: readonly string[];
}

/** Builds HEAD twice, which takes minutes, and compares. */
export async function compareBuilds(): Promise<Comparison> {
  const { stdout } = await run('git', ['-C', root, 'rev-parse', 'HEAD']);
  const commit = stdout.trim();
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-builds-'));
  try {
    const one = await build(join(folder, 'one'), commit);
    const other = await build(join(folder, 'in', 'another', 'place'), commit);
    return { commit, files: one.size, differ: differences(one, other) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
