/** A datacube of files and folders, held in memory: no state directory, nothing is written. */
import { stat } from 'node:fs/promises';
import { type Collection, collectionConfigSchema, DEFAULT_COLLECTION } from '../../schemas/collection.js';
import { FeatureError } from '../../schemas/problem.js';
import { type Datacube, makeDatacube } from '../datacube.js';
import { EMPTY_STATE, updateIndex } from '../index-run.js';
import { loadCollections } from './collection.js';
import { type FileIdentity, identityOf, walkRoots } from './data-file.js';

/** Rules of the folders, by their collection.json; none for files. */
async function collectionOf(folders: readonly string[], wanted: string | undefined): Promise<Collection> {
  const bare = { name: DEFAULT_COLLECTION, ...collectionConfigSchema.parse({ roots: ['.'] }) };
  const found = await loadCollections({ data: folders, collections: {} });
  const chosen = wanted === undefined ? found[0] : found.find(({ name }) => name === wanted);
  if (wanted !== undefined && chosen === undefined) {
    const names = found.map(({ name }) => name).join(', ') || DEFAULT_COLLECTION;
    throw new FeatureError('not_found', `collection "${wanted}" is unknown; the data have ${names}.`);
  }
  return chosen ?? bare;
}

/** Scans files and folders (recursively). Throws FeatureError `file_not_found`, or `not_fst` when no file has records. */
export async function localCube(
  paths: readonly string[],
  collection?: string,
  signal?: AbortSignal,
): Promise<Datacube> {
  const folders: string[] = [];
  const files: FileIdentity[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined)
      throw new FeatureError('file_not_found', `${path}: no such file or folder; check the path.`);
    if (found.isDirectory()) folders.push(path);
    else files.push((await identityOf(path))!);
  }
  const rules = await collectionOf(folders, collection);
  const walk = folders.length === 0 ? { files: [] } : await walkRoots(rules.roots, [], signal);
  const all = new Map([...walk.files, ...files].map((file) => [file.path, file]));
  const { runs } = await updateIndex(EMPTY_STATE, [...all.values()], { rules }, signal);
  if (runs.length === 0)
    throw new FeatureError('not_fst', `${paths.join(', ')}: no records of RPN standard files; name FST files.`);
  return makeDatacube(rules, 'local', runs);
}
