/** Which collections there are: those of the configuration, and one for the data folders, named by their collection.json. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type Collection,
  type CollectionConfig,
  collectionConfigSchema,
  collectionFileSchema,
  DEFAULT_COLLECTION,
} from '../../schemas/collection.js';
import { FeatureError } from '../../schemas/problem.js';
import { isRemote, remoteFiles } from '../store/remote-files.js';

/** Where data are, as the configuration says. */
export interface DataSources {
  /** folders of `--data`, or s3://bucket/prefix */
  readonly data: readonly string[];
  /** collections of the configuration file, by name */
  readonly collections: Readonly<Record<string, CollectionConfig>>;
}

const FILE = 'collection.json';

/** A root in its one spelling. */
const rootOf = (root: string): string => (isRemote(root) ? root.replace(/\/+$/, '') : resolve(root));

/** Text of a file; undefined when there is none. */
async function textOf(path: string): Promise<string | undefined> {
  if (isRemote(path)) return remoteFiles(path).text(path);
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new FeatureError('permission_denied', `${path} cannot be read (${error.code}); make it readable.`, {
      cause: error,
    });
  });
}

/** The collection of one folder; `default` without rules when it has no collection.json. */
async function ofFolder(folder: string): Promise<Collection> {
  const root = rootOf(folder);
  const path = isRemote(root) ? `${root}/${FILE}` : join(root, FILE);
  const text = await textOf(path);
  if (text === undefined) return { name: DEFAULT_COLLECTION, ...collectionConfigSchema.parse({ roots: [root] }) };
  return { ...parseFile(path, text), roots: [root] };
}

function parseFile(path: string, text: string): Omit<Collection, 'roots'> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FeatureError('bad_value', `${path} is not JSON: ${String(error)}; correct it.`, { cause: error });
  }
  const parsed = collectionFileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FeatureError('bad_value', `${path}: "${issue?.path.join('.')}" ${issue?.message}; correct it.`);
}

/** Folders of one name are one collection, so their definitions must agree. */
function merge(one: Collection, other: Collection): Collection {
  const definition = ({ roots, ...rest }: Collection): string => JSON.stringify([rest, roots.length > 0]);
  if (definition(one) !== definition(other)) {
    throw new FeatureError(
      'bad_value',
      `collection "${one.name}" is defined differently in ${one.roots[0]} and ${other.roots[0]}; name one of them otherwise.`,
    );
  }
  return { ...one, roots: [...new Set([...one.roots, ...other.roots])] };
}

/** Reads the definitions. Throws FeatureError `bad_value` for a collection.json that is not valid. */
export async function loadCollections(sources: DataSources): Promise<readonly Collection[]> {
  const configured = Object.entries(sources.collections).map(([name, config]) => ({
    ...config,
    name,
    roots: config.roots.map(rootOf),
  }));
  const collections = new Map<string, Collection>();
  for (const collection of [...configured, ...(await Promise.all(sources.data.map(ofFolder)))]) {
    const before = collections.get(collection.name);
    collections.set(collection.name, before === undefined ? collection : merge(before, collection));
  }
  return [...collections.values()];
}
