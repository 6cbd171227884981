/** Reads the configuration of a command: file (JSON, or YAML by suffix), environment, flags. The only reader of `process.env`. */
import { readFile } from 'node:fs/promises';
import { JSON_SCHEMA, load } from 'js-yaml';
import { type Config, parseConfig } from '../schemas/config.js';
import { FeatureError } from '../schemas/problem.js';
import { UsageError } from './output.js';

/** Flags that `serve`, `work`, `index` and `query` share, as the command-line parser gives them. */
export interface ServiceFlags {
  readonly config?: string;
  readonly [flag: string]: unknown;
}

async function readConfigFile(path: string): Promise<string | object> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--config ${path}: cannot be read (${error.code}); check the path`);
  });
  if (!/\.ya?ml$/i.test(path)) return text;
  try {
    const tree = load(text, { schema: JSON_SCHEMA });
    return typeof tree === 'object' && tree !== null ? tree : {};
  } catch (error) {
    throw new UsageError(`--config ${path}: not valid YAML: ${String(error).split('\n')[0]}; correct it`);
  }
}

/** A wrong configuration is a usage error: exit 2 with key and remedy. */
export async function loadConfig(flags: ServiceFlags): Promise<Config> {
  const { config, ...rest } = flags;
  const file = config ?? process.env['POLYFST_CONFIG'];
  try {
    return parseConfig(file === undefined ? undefined : await readConfigFile(file), process.env, rest);
  } catch (error) {
    if (error instanceof FeatureError) throw new UsageError(error.message);
    throw error;
  }
}

/** The clock: the machine's, or pinned by `now`. Pinned time stands still. */
export function clockOf(config: Config): () => number {
  if (config.now === undefined) return Date.now;
  const pinned = Date.parse(config.now);
  return () => pinned;
}
