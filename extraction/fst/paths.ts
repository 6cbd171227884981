/**
 * Which files an argument means: a file, a folder (every file below it), or a glob over paths, where `*` and `?` stay within a
 * folder and `**` crosses folders. Files come in the order of the arguments; those of a folder or glob by path.
 */
import { stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { FeatureError } from '../../schemas/problem.js';
import { walkRoots } from '../catalogue/data-file.js';
import { globSource, isGlob } from './glob.js';

export interface FoundFile {
  readonly path: string;
  /** named by itself: that it is no FST file is then an error, and not a reason to pass it over */
  readonly named: boolean;
}

function pathTest(pattern: string): (path: string) => boolean {
  const parts = pattern.split('/').map((part) => (part === '**' ? undefined : globSource(part, '[^/]*', '[^/]')));
  let source = '';
  for (const [at, part] of parts.entries()) {
    const last = at === parts.length - 1;
    if (part === undefined) source += last ? '.*' : '(?:[^/]+/)*';
    else source += last ? part : `${part}/`;
  }
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(path);
}

/** The deepest folder that a pattern names without a glob. */
function fixedFolder(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.findIndex(isGlob);
  const fixed = parts.slice(0, first).join('/');
  return fixed === '' ? (pattern.startsWith('/') ? '/' : '.') : fixed;
}

async function matching(pattern: string, signal?: AbortSignal): Promise<FoundFile[]> {
  const folder = fixedFolder(pattern);
  const prefix = folder === '.' && !pattern.startsWith('./') ? './' : '';
  const matches = pathTest(prefix + pattern);
  const { files } = await walkRoots([folder], [], signal);
  // the walk joins with the system's separator and drops a leading `./`
  const comparable = (path: string): string => (folder === '.' ? `./${join(path)}` : path).split(sep).join('/');
  return files.filter(({ path }) => matches(comparable(path))).map(({ path }) => ({ path, named: false }));
}

async function below(folder: string, signal?: AbortSignal): Promise<FoundFile[]> {
  const { files } = await walkRoots([folder], [], signal);
  return files.map(({ path }) => ({ path, named: false }));
}

/** Throws FeatureError `file_not_found` for an argument that leads to no file. */
export async function expandPaths(inputs: readonly string[], signal?: AbortSignal): Promise<FoundFile[]> {
  const found = new Map<string, FoundFile>();
  for (const input of inputs) {
    signal?.throwIfAborted();
    const status = await stat(input).catch(() => undefined);
    let files: FoundFile[];
    if (status?.isDirectory()) files = await below(input, signal);
    else if (status !== undefined) files = [{ path: input, named: true }];
    else if (isGlob(input)) files = await matching(input, signal);
    else
      throw new FeatureError(
        'file_not_found',
        `${input}: no such file or folder in ${dirname(input)}; check the path.`,
      );
    if (files.length === 0) {
      throw new FeatureError('file_not_found', `${input}: no file there; check the folder or the pattern.`);
    }
    for (const file of files) if (!found.has(file.path)) found.set(file.path, file);
  }
  return [...found.values()];
}
