/** Client of the OGC API EDR of the service: collections, runs, and the queries that answer CoverageJSON. */
import { type ClientOptions, Http } from './http.js';

export interface EdrQuery {
  /** run, `YYYYMMDDTHHMMSSZ`; absent: the newest for each time */
  readonly instance?: string;
  readonly parameters?: readonly string[];
  /** instant or interval, ISO */
  readonly datetime?: string;
  /** level, list or interval, as EDR writes it */
  readonly z?: string;
}

export type EdrQueryType = 'position' | 'radius' | 'area' | 'cube' | 'trajectory' | 'corridor';

export class EdrClient {
  readonly #http: Http;

  constructor(options: ClientOptions) {
    this.#http = new Http(options);
  }

  async collections(signal?: AbortSignal): Promise<readonly { readonly id: string; readonly title?: string }[]> {
    const answer = await this.#http.call('/edr/collections?f=json', {}, signal);
    return ((await answer.json()) as { collections: { id: string; title?: string }[] }).collections;
  }

  /** Runs of a collection, newest first as the service lists them. */
  async instances(collection: string, signal?: AbortSignal): Promise<readonly string[]> {
    const answer = await this.#http.call(
      `/edr/collections/${encodeURIComponent(collection)}/instances?f=json`,
      {},
      signal,
    );
    return ((await answer.json()) as { instances: { id: string }[] }).instances.map(({ id }) => id);
  }

  /** Any query; `own` holds the parameters of its kind (coords as WKT, bbox, within, corridor-width …). Returns parsed CoverageJSON. */
  async query(
    collection: string,
    type: EdrQueryType,
    own: Readonly<Record<string, string>>,
    query: EdrQuery = {},
    signal?: AbortSignal,
  ): Promise<unknown> {
    const search = new URLSearchParams({ ...own, f: 'CoverageJSON' });
    if (query.parameters !== undefined) search.set('parameter-name', query.parameters.join(','));
    if (query.datetime !== undefined) search.set('datetime', query.datetime);
    if (query.z !== undefined) search.set('z', query.z);
    const run = query.instance === undefined ? '' : `/instances/${encodeURIComponent(query.instance)}`;
    const answer = await this.#http.call(
      `/edr/collections/${encodeURIComponent(collection)}${run}/${type}?${search}`,
      {},
      signal,
    );
    return answer.json();
  }

  /** Nearest grid point to a place (degrees). */
  position(collection: string, lat: number, lon: number, query: EdrQuery = {}, signal?: AbortSignal): Promise<unknown> {
    return this.query(collection, 'position', { coords: `POINT(${lon} ${lat})` }, query, signal);
  }
}
