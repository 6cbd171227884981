/**
 * Runs that appear in a folder: files grouped by name, ready when they have stood unchanged for a while, new when their files
 * are not those that were converted last.
 */
import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { FeatureError } from '../../schemas/problem.js';

export interface SeenFile {
  readonly path: string;
  readonly bytes: number;
  /** last change, ms since the epoch */
  readonly changed: number;
}

export interface SeenRun {
  readonly name: string;
  readonly files: readonly SeenFile[];
  /** changes when a file comes, goes or changes */
  readonly signature: string;
}

export interface RunRule {
  readonly from: string;
  /** its first group is the name of a file's run */
  readonly run: string;
  readonly files: number;
  readonly settleMs: number;
}

function expressionOf({ run }: RunRule): RegExp {
  try {
    return new RegExp(run);
  } catch (error) {
    throw new FeatureError(
      'bad_value',
      `autoConvert: run ${run}: ${(error as Error).message}; correct the expression.`,
    );
  }
}

function signatureOf(files: readonly SeenFile[]): string {
  const hash = createHash('sha256');
  for (const { path, bytes, changed } of files) hash.update(`${path}\0${bytes}\0${changed}\n`);
  return hash.digest('hex').slice(0, 32);
}

/** Runs that are ready at `now`, by name. Files that the expression does not match belong to none. */
export function readyRuns(found: readonly SeenFile[], rule: RunRule, now: number): SeenRun[] {
  const expression = expressionOf(rule);
  const runs = new Map<string, SeenFile[]>();
  for (const file of found) {
    const below = relative(rule.from, file.path).split(sep).join('/');
    const name = expression
      .exec(below)?.[1]
      ?.replace(/\.(fst|xdf|rsf|std)$/i, '')
      .replaceAll('/', '_');
    if (name === undefined || name === '') continue;
    const list = runs.get(name);
    if (list === undefined) runs.set(name, [file]);
    else list.push(file);
  }
  return [...runs]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .filter(([, files]) => files.length >= rule.files && files.every(({ changed }) => now - changed >= rule.settleMs))
    .map(([name, files]) => {
      const ordered = [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
      return { name, files: ordered, signature: signatureOf(ordered) };
    });
}
