/** What the OGC resources need beyond the other surfaces. */
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Catalogue } from '../../extraction/catalogue.js';
import type { ExtractDeps } from '../../extraction/extract.js';
import type { Config } from '../../schemas/config.js';
import { FeatureError } from '../../schemas/problem.js';
import { canUse } from '../auth.js';
import { callerOf } from '../context.js';
import type { DocumentContext } from '../ogc/collection-document.js';
import type { DataFormat } from '../ogc/data-formats.js';
import { type EdrCollection, type EdrRun, findEdrCollection } from '../ogc/edr-collections.js';
import type { Link } from '../ogc/links.js';
import { baseUrl } from '../reply.js';

export interface EdrDeps {
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly extract: ExtractDeps;
  readonly logger: Logger;
  /** ms since the epoch */
  readonly now: () => number;
  /** formats of EDR queries, the default first */
  readonly formats: readonly DataFormat[];
  /** formats of coverages, the default first */
  readonly coverageFormats: readonly DataFormat[];
  /** links that other surfaces add to a collection */
  readonly links?: (collection: EdrCollection, base: string) => readonly Link[];
}

/** Where the OGC resources are mounted. */
export const EDR_PATH = '/edr';

/** Absolute address of the OGC resources. */
export const rootOf = (req: Request, deps: Pick<EdrDeps, 'config'>): string =>
  `${baseUrl(req, deps.config.http.publicUrl)}${EDR_PATH}`;

export function documentContext(req: Request, deps: EdrDeps): DocumentContext {
  return {
    root: rootOf(req, deps),
    formats: deps.formats.map(({ name }) => name),
    ...(deps.links === undefined ? {} : { links: deps.links }),
  };
}

/** Whether the caller may use a Polytope collection. */
export function mayUse(res: Response, deps: Pick<EdrDeps, 'catalogue'>): (name: string) => boolean {
  const user = callerOf(res);
  const allowed = new Set(
    deps.catalogue
      .collections()
      .filter((collection) => canUse(user, collection))
      .map(({ name }) => name),
  );
  return (name) => allowed.has(name);
}

const shown = (text: string): string => text.slice(0, 80);

/** The collection of the address. Throws FeatureError `not_found`. */
export async function requireCollection(req: Request, res: Response, deps: EdrDeps): Promise<EdrCollection> {
  const id = String(req.params['collectionId'] ?? '');
  const found = await findEdrCollection(deps.catalogue, id, mayUse(res, deps));
  if (found !== undefined) return found;
  throw new FeatureError(
    'not_found',
    `There is no collection "${shown(id)}"; ${EDR_PATH}/collections lists those there are.`,
  );
}

/** The run of the address; undefined for the collection itself. Throws FeatureError `not_found`. */
export function requireRun(req: Request, collection: EdrCollection): EdrRun | undefined {
  const id = req.params['instanceId'];
  if (id === undefined) return undefined;
  const found = collection.runs.find((run) => run.id === id);
  if (found !== undefined) return found;
  throw new FeatureError(
    'not_found',
    `There is no instance "${shown(String(id))}" of ${collection.id}; ${EDR_PATH}/collections/${collection.id}/instances lists those there are.`,
  );
}
