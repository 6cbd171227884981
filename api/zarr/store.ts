/**
 * One run of a collection as a Zarr store that exists nowhere: metadata from the index, a record a chunk, decoded when it is
 * asked for. Stores are kept as long as the datacube that they were made from.
 */

import { checkUnchanged } from '../../extraction/catalogue/data-file.js';
import { buildView, type ViewTable } from '../../extraction/convert/dataset.js';
import { decodeRows, isFloat, planeOf, type RawField } from '../../extraction/convert/planes.js';
import { type CubeRun, type Datacube, runOf } from '../../extraction/datacube.js';
import { onCore } from '../../extraction/fst/scanned-file.js';
import { readDescriptors } from '../../extraction/grid/descriptor-reader.js';
import type { FieldCache } from '../../extraction/maps/field-cache.js';
import { gridOfCubeRow } from '../../extraction/plan/grids.js';
import { FLAG, LEVTYPES } from '../../extraction/run-index.js';
import { payloadRanges, sourceOf } from '../../extraction/store/data-source.js';
import {
  bytesOf,
  type CfDataset,
  type CfNumbers,
  type CfVariable,
  DTYPE_BYTES,
  loadValues,
  sizeOf,
} from '../../formats/cf.js';
import {
  arraysByPath,
  type ChunkRef,
  chunkCount,
  chunkKey,
  findChunk,
  textBytes,
  textWidth,
  type ZarrVersion,
  zarrMetadata,
} from '../../formats/zarr-metadata.js';
import { FeatureError } from '../../schemas/problem.js';
import type { EdrCollection } from '../ogc/edr-collections.js';
import { withPlainNames } from './plain-names.js';

export interface ZarrStore {
  readonly dataset: CfDataset;
  readonly run: CubeRun;
  readonly cube: Datacube;
  /** documents of a version by key, as JSON text */
  documents(version: ZarrVersion): ReadonlyMap<string, string>;
  /** the chunk of a key; undefined for a key that is none */
  chunk(key: string, version: ZarrVersion): ChunkRef | undefined;
  /** number of bytes of a chunk; undefined where no record is */
  sizeOf(ref: ChunkRef): number | undefined;
  /** bytes of a chunk; undefined where no record is. Throws the coded error of a record that cannot be decoded. */
  read(ref: ChunkRef, fields: FieldCache, signal?: AbortSignal): Promise<Uint8Array | undefined>;
  /** every chunk key of version 2, for reference files */
  keys(): Generator<string>;
}

/** Rows of a run that belong to a collection. */
function rowsOf(collection: EdrCollection, run: CubeRun): Uint32Array {
  const { columns, count } = run.index;
  const levtype = LEVTYPES.indexOf(collection.levtype);
  const keys = new Set(collection.gridKeys);
  const onGrid = [...run.gridNumbers].map((number) => keys.has(collection.cube.grids[number]!));
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    if ((columns.flags[row]! & (FLAG.descriptor | FLAG.mask)) !== 0) continue;
    if (columns.levtype[row] === levtype && onGrid[columns.grid[row]!]!) rows.push(row);
  }
  return Uint32Array.from(rows);
}

function tableOf(cube: Datacube, run: CubeRun): ViewTable {
  const { columns, count, files } = run.index;
  const descriptors: number[] = [];
  for (let row = 0; row < count; row++) if ((columns.flags[row]! & FLAG.descriptor) !== 0) descriptors.push(row);
  return {
    columns,
    count,
    descriptors: Uint32Array.from(descriptors),
    gridOf: (row) => gridOfCubeRow(cube, run.firstRow + row),
    async valuesOf(row) {
      const file = files[columns.file[row]!]!;
      const source = await sourceOf(file, payloadRanges(columns, [row]));
      const [values] = await onCore(() => readDescriptors(source, file.container, { ...columns, count }, [row]));
      return values!;
    },
  };
}

async function makeStore(collection: EdrCollection, run: CubeRun): Promise<ZarrStore> {
  const { cube } = collection;
  const view = await buildView(tableOf(cube, run), rowsOf(collection, run), {
    bounds: false,
    ticket: 'attributes',
    attributes: {
      title: `${collection.id}, run ${run.index.id}`,
      history: 'records decoded on demand, values as they are stored',
    },
  });
  const dataset = withPlainNames(view);
  const arrays = new Map<ZarrVersion, ReadonlyMap<string, CfVariable>>();
  const documents = new Map<ZarrVersion, ReadonlyMap<string, string>>();
  const arraysOf = (version: ZarrVersion): ReadonlyMap<string, CfVariable> => {
    const known = arrays.get(version) ?? arraysByPath(dataset, version);
    arrays.set(version, known);
    return known;
  };
  return {
    dataset,
    run,
    cube,
    documents(version) {
      const known =
        documents.get(version) ??
        new Map([...zarrMetadata(dataset, version)].map(([key, document]) => [key, JSON.stringify(document)]));
      documents.set(version, known);
      return known;
    },
    chunk: (key, version) => findChunk(arraysOf(version), key, version),
    sizeOf: chunkBytes,
    read: (ref, fields, signal) => readChunk(cube, run, ref, fields, signal),
    *keys() {
      for (const [path, variable] of arraysOf(2)) {
        const parent = path.split('/').slice(0, -1).join('/');
        for (let cell = 0; cell < chunkCount(variable); cell++) {
          if (variable.data.kind === 'planes' && variable.data.rows[cell]! < 0) continue;
          yield chunkKey(parent, variable, cell, 2);
        }
      }
    },
  };
}

function chunkBytes({ variable, cell }: ChunkRef): number | undefined {
  const { data, shape, dtype } = variable;
  if (dtype === 'string') {
    return data.kind === 'values' ? textWidth(data.values as readonly string[]) * sizeOf(shape) : undefined;
  }
  if (data.kind !== 'planes') return sizeOf(shape) * DTYPE_BYTES[dtype];
  return data.rows[cell]! < 0 ? undefined : sizeOf(shape.slice(shape.length - data.planeDims)) * DTYPE_BYTES[dtype];
}

async function readChunk(
  cube: Datacube,
  run: CubeRun,
  { variable, cell }: ChunkRef,
  fields: FieldCache,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const { data } = variable;
  if (data.kind !== 'planes') {
    const values = await loadValues(variable, signal);
    return Array.isArray(values) ? textBytes(values as readonly string[]) : bytesOf(values as CfNumbers);
  }
  const row = data.rows[cell]!;
  if (row < 0) return undefined;
  const asFloat = async (at: number): Promise<RawField> => ({
    values: await fields.field(cube, run.firstRow + at, signal),
  });
  const raw = isFloat(variable) ? await asFloat(row) : await ownType(run, row, signal);
  const maskRow = data.masks?.[cell] ?? -1;
  return bytesOf(planeOf(variable, data, raw, maskRow < 0 ? undefined : await asFloat(maskRow)));
}

async function ownType(run: CubeRun, row: number, signal?: AbortSignal): Promise<RawField> {
  const { columns, count, files } = run.index;
  const file = files[columns.file[row]!]!;
  await checkUnchanged(file);
  const [raw] = await decodeRows({ columns, count, fileOf: () => file }, [row], false, signal);
  if (raw instanceof FeatureError) throw raw;
  return raw!;
}

const stores = new WeakMap<Datacube, Map<string, Promise<ZarrStore>>>();
const KEPT = 64;

/** The store of a run of a collection; undefined when the collection has no such run. */
export async function zarrStore(collection: EdrCollection, runId: string): Promise<ZarrStore | undefined> {
  const { cube } = collection;
  if (!collection.runs.some(({ id }) => id === runId)) return undefined;
  const run = cube.runs.find(({ index }) => index.id === runId);
  if (run === undefined) return undefined;
  const kept = stores.get(cube) ?? new Map<string, Promise<ZarrStore>>();
  stores.set(cube, kept);
  const key = `${collection.id} ${runId}`;
  let store = kept.get(key);
  if (store === undefined) {
    store = makeStore(collection, runOf(cube, run.firstRow));
    // a failure, such as a descriptor that vanished, is not kept
    store.catch(() => kept.delete(key));
  } else kept.delete(key);
  kept.set(key, store);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
  return store;
}
