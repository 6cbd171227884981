/** Encoders of feature answers beside CoverageJSON; each is loaded when a request asks for its format. */
import { coveragesFloat32 } from '../formats/float32-values.js';
import type { OutputFormat } from '../schemas/vocabulary.js';
import type { CoverageEncoder, ExtractDeps } from './extract.js';

type PointFiles = typeof import('../formats/point-files.js');

const ofPoints = (choose: (files: PointFiles) => CoverageEncoder): CoverageEncoder =>
  async function* (head, blocks, signal) {
    yield* choose(await import('../formats/point-files.js'))(head, blocks, signal);
  };

type Datasets = typeof import('./dataset-encoders.js');

const ofDataset = (choose: (files: Datasets) => CoverageEncoder): CoverageEncoder =>
  async function* (head, blocks, signal) {
    yield* choose(await import('./dataset-encoders.js'))(head, blocks, signal);
  };

export const ENCODERS: NonNullable<ExtractDeps['encoders']> = {
  csv: ofPoints(({ pointsCsv }) => pointsCsv),
  arrow: ofPoints(({ pointsArrow }) => pointsArrow),
  parquet: ofPoints(({ pointsParquet }) => pointsParquet),
  float32: coveragesFloat32,
  geojson: ofPoints(({ pointsGeojson }) => pointsGeojson),
  netcdf: ofDataset(({ answerNetcdf }) => answerNetcdf),
  netcdf3: ofDataset(({ answerNetcdf3 }) => answerNetcdf3),
  zarr: ofDataset(({ answerZarr }) => answerZarr),
  om: ofDataset(({ answerOm }) => answerOm),
  geotiff: async function* (head, blocks, signal) {
    yield* (await import('./raster-answer.js')).answerGeotiff(head, blocks, signal);
  },
};

/** The same for files: Arrow as a file instead of a stream. */
export const FILE_ENCODERS: Partial<Readonly<Record<OutputFormat, CoverageEncoder>>> = {
  ...ENCODERS,
  arrow: ofPoints(({ pointsArrowFile }) => pointsArrowFile),
};
