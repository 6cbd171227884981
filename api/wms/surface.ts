/** The maps of a service as a surface to mount, with its caches sized from the configuration. */

import type { Catalogue } from '../../extraction/catalogue.js';
import type { FieldCache } from '../../extraction/maps/field-cache.js';
import { PixelMaps } from '../../extraction/maps/pixel-map.js';
import { ByteCache } from '../../extraction/store/byte-cache.js';
import type { ApiDeps, Surface } from '../context.js';
import type { MapDeps } from './deps.js';
import { wmsRouter } from './router.js';

/** Pixel maps of some hundred tiles, or a few whole windows. */
const PIXEL_MAP_BYTES = 128 * 2 ** 20;

/** What WMS and OGC API Maps share. */
export function mapDeps(deps: Pick<ApiDeps, 'config' | 'logger'>, catalogue: Catalogue, fields: FieldCache): MapDeps {
  return {
    config: deps.config,
    logger: deps.logger,
    catalogue,
    fields,
    maps: new PixelMaps(PIXEL_MAP_BYTES),
    pictures: new ByteCache({ maxBytes: deps.config.limits.cacheBytes, bytesOf: (bytes) => bytes.length }),
  };
}

export function wmsSurface(deps: MapDeps): Surface {
  return { path: '/wms', router: wmsRouter(deps) };
}
