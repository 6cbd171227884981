/** Encoders of feature answers beside CoverageJSON; each is loaded when a request asks for its format. */
import type { OutputFormat } from '../schemas/vocabulary.js';
import type { CoverageEncoder, ExtractDeps } from './extract.js';

type PointFiles = typeof import('../formats/point-files.js');

const ofPoints = (choose: (files: PointFiles) => CoverageEncoder): CoverageEncoder =>
  async function* (head, blocks, signal) {
    yield* choose(await import('../formats/point-files.js'))(head, blocks, signal);
  };

export const ENCODERS: NonNullable<ExtractDeps['encoders']> = {
  csv: ofPoints(({ pointsCsv }) => pointsCsv),
  arrow: ofPoints(({ pointsArrow }) => pointsArrow),
  parquet: ofPoints(({ pointsParquet }) => pointsParquet),
  geojson: ofPoints(({ pointsGeojson }) => pointsGeojson),
};

/** The same for files: Arrow as a file instead of a stream. */
export const FILE_ENCODERS: Partial<Readonly<Record<OutputFormat, CoverageEncoder>>> = {
  ...ENCODERS,
  arrow: ofPoints(({ pointsArrowFile }) => pointsArrowFile),
};
