/**
 * The MARS-style reader: fields by param, level, date, time, step, number and area, from files, folders or a server
 * (docs/library.md#mars).
 */
import { totalmem } from 'node:os';
import type { CoverageCollection } from '../schemas/coverage.js';
import { FeatureError } from '../schemas/problem.js';
import { Budget } from './budget.js';
import { localCube } from './catalogue/local-cube.js';
import type { Datacube } from './datacube.js';
import { encodePlan } from './extract.js';
import { arrowOfFields, type MarsField } from './mars/field.js';
import { READER_LIMITS, readLocal, selectQuery } from './mars/local.js';
import { foldQuery, type MarsQuery } from './mars/query.js';
import { connect, fieldsOf, type RemoteServer, retrieveBox } from './mars/remote.js';
import { planRequest } from './plan.js';
import { RegionFinder } from './region/region.js';

export interface MarsOpenOptions {
  /** API key of a server */
  readonly key?: string;
  /** collection of a server, or of folders with a collection.json; absent: the only one */
  readonly collection?: string;
  readonly signal?: AbortSignal;
}

export interface MarsReadOptions<As extends 'arrays' | 'arrow' | 'covjson' = 'arrays' | 'arrow' | 'covjson'> {
  readonly as?: As;
  readonly signal?: AbortSignal;
}

type Source = { readonly cube: Datacube } | { readonly server: RemoteServer };

export class MarsReader implements AsyncDisposable {
  readonly #deps = {
    limits: READER_LIMITS,
    regions: new RegionFinder(),
    memory: new Budget(Math.floor(totalmem() / 2)),
    cores: 2,
  };
  #source: Source | undefined;

  private constructor(source: Source) {
    this.#source = source;
  }

  /**
   * A file, a folder (read recursively), several of them, or the http(s) address of a server. Throws FeatureError
   * `file_not_found`, `not_fst` or `not_found`.
   */
  static async open(source: string | readonly string[], options: MarsOpenOptions = {}): Promise<MarsReader> {
    const { key, collection, signal } = options;
    const paths = typeof source === 'string' ? [source] : source;
    const [only] = paths;
    if (paths.length === 1 && /^https?:\/\//i.test(only!))
      return new MarsReader({ server: await connect(only!, key, collection, signal) });
    return new MarsReader({ cube: await localCube(paths, collection, signal) });
  }

  /**
   * Fields of a query, all or nothing. Throws FeatureError that names the key and value without data, or the unknown key.
   */
  read(query: MarsQuery, options?: MarsReadOptions<'arrays'>): Promise<MarsField[]>;
  read(query: MarsQuery, options: MarsReadOptions<'arrow'>): Promise<Uint8Array>;
  read(query: MarsQuery, options: MarsReadOptions<'covjson'>): Promise<CoverageCollection>;
  async read(
    query: MarsQuery,
    { as = 'arrays', signal }: MarsReadOptions = {},
  ): Promise<MarsField[] | Uint8Array | CoverageCollection> {
    const source = this.#source;
    if (source === undefined) throw new FeatureError('bad_request', 'The reader is closed; open it again.');
    if (!['arrays', 'arrow', 'covjson'].includes(as))
      throw new FeatureError(
        'bad_value',
        `"as": "${String(as)}" is not a form of answer; give arrays, arrow or covjson.`,
      );
    const folded = foldQuery(query);
    if ('server' in source) {
      const answer = await retrieveBox(source.server, folded, signal);
      if (as === 'covjson') return answer;
      const fields = fieldsOf(answer, folded);
      return as === 'arrow' ? arrowOfFields(fields) : fields;
    }
    if (as === 'covjson') {
      const { request } = selectQuery(folded, source.cube);
      const plan = await planRequest(request, source.cube, this.#deps);
      const parts: Uint8Array[] = [];
      for await (const part of encodePlan(plan, this.#deps, signal)) parts.push(part.slice());
      return JSON.parse(Buffer.concat(parts).toString('utf8')) as CoverageCollection;
    }
    const fields = await readLocal(folded, source.cube, this.#deps, signal);
    return as === 'arrow' ? arrowOfFields(fields) : fields;
  }

  /** Reads after it are refused. */
  async close(): Promise<void> {
    this.#source = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
