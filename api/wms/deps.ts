/** What maps need beyond the other surfaces: the data themselves, decoded fields and pixel maps that are kept. */
import type { Logger } from 'pino';
import type { Catalogue } from '../../extraction/catalogue.js';
import type { SampleDeps } from '../../extraction/maps/map-field.js';
import type { ByteCache } from '../../extraction/store/byte-cache.js';
import type { Config } from '../../schemas/config.js';

export interface MapDeps extends SampleDeps {
  readonly config: Config;
  readonly catalogue: Catalogue;
  readonly logger: Logger;
  /** finished pictures */
  readonly pictures: ByteCache<Uint8Array>;
}
