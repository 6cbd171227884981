/** `polyfst query REQUEST.json`: the answer to a request without a server; `--plan` only prices it. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { encodePlan } from '../extraction/extract.js';
import { extractDeps, planBody } from './answer.js';
import { refreshWithProgress } from './index-data.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { EXIT, UsageError } from './output.js';

/** The body in a file, or on standard input for `-`. */
export async function readRequest(path: string): Promise<unknown> {
  const text = await readFile(path === '-' ? '/dev/stdin' : path, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${path}: not JSON (${(error as Error).message}); see docs/api.md for a request`);
  }
}

export interface QueryFlags extends ServiceFlags {
  readonly plan?: boolean;
  readonly collection?: string;
}

export async function query(path: string, flags: QueryFlags): Promise<number> {
  const { plan: onlyPlan, collection: named, ...rest } = flags;
  const config = await loadConfig(rest);
  const body = await readRequest(path);
  const { catalogue } = await refreshWithProgress(config);
  const names = catalogue.collections().map(({ name }) => name);
  const collection = named ?? names[0];
  if (collection === undefined) throw new UsageError('query: no data; name a folder with --data DIR');
  if (named === undefined && names.length > 1) {
    throw new UsageError(`query: there are several collections; choose with --collection ${names.join(' | ')}`);
  }
  const deps = extractDeps(config);
  const plan = await planBody(body, collection, catalogue, config, deps);
  if (onlyPlan === true) {
    process.stdout.write(`${JSON.stringify(plan.cost)}\n`);
    return EXIT.ok;
  }
  for await (const chunk of encodePlan(plan, deps)) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
  process.stdout.write('\n');
  return EXIT.ok;
}
