/** The HTTP surfaces beyond the Polytope API: made here, over one catalogue and one cache of decoded fields. */
import type { ApiDeps, Surface } from '../api/context.js';
import { coverageRoutes } from '../api/coverages.js';
import type { EdrDeps } from '../api/edr/deps.js';
import { edrSurface } from '../api/edr/router.js';
import { forecastSurface } from '../api/forecast.js';
import { mapLinks, mapRoutes } from '../api/maps.js';
import { FILE_FORMATS, GEOTIFF, TEXT_FORMATS, ZARR } from '../api/ogc/data-formats.js';
import { page } from '../api/page.js';
import { mapDeps, wmsSurface } from '../api/wms/surface.js';
import { zarrSurface } from '../api/zarr/router.js';
import type { Catalogue } from '../extraction/catalogue.js';
import type { ExtractDeps } from '../extraction/extract.js';
import { FieldCache } from '../extraction/maps/field-cache.js';
import { clockOf } from './load-config.js';

export interface SurfaceParts {
  readonly deps: Omit<ApiDeps, 'surfaces'>;
  readonly catalogue: Catalogue;
  readonly extract: ExtractDeps;
}

/** Surfaces in the order in which they are mounted. */
export function surfacesOf({ deps, catalogue, extract }: SurfaceParts): readonly Surface[] {
  const fields = new FieldCache({ memory: extract.memory });
  const maps = mapDeps(deps, catalogue, fields);
  const { config, logger } = deps;
  const edr: EdrDeps = {
    config,
    logger,
    now: clockOf(config),
    catalogue,
    extract,
    formats: [...TEXT_FORMATS, ...FILE_FORMATS],
    coverageFormats: [...TEXT_FORMATS, ...FILE_FORMATS, GEOTIFF, ZARR],
    links: mapLinks,
  };
  return [
    zarrSurface({ config, logger, catalogue, fields }),
    wmsSurface(maps),
    edrSurface(edr, coverageRoutes(edr), mapRoutes(edr, maps)),
    forecastSurface(edr),
    { path: '/', router: page(deps), isPublic: true },
  ];
}
