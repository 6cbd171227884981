/** Names and media types of output formats. */
import { show } from './check.js';
import { FeatureError } from './problem.js';
import type { OutputFormat } from './vocabulary.js';

interface FormatRow {
  readonly media: string;
  /** suffix of a file of this format, without the dot */
  readonly extension: string;
  readonly aliases: readonly string[];
}

export const FORMATS: Readonly<Record<OutputFormat, FormatRow>> = {
  covjson: {
    media: 'application/prs.coverage+json',
    extension: 'covjson',
    aliases: ['application/json+covjson', 'coveragejson', 'json'],
  },
  'covjson-ogc': { media: 'application/vnd.cov+json', extension: 'covjson', aliases: ['coveragejson-ogc'] },
  csv: { media: 'text/csv', extension: 'csv', aliases: [] },
  geojson: { media: 'application/geo+json', extension: 'geojson', aliases: [] },
  parquet: { media: 'application/vnd.apache.parquet', extension: 'parquet', aliases: [] },
  arrow: { media: 'application/vnd.apache.arrow.stream', extension: 'arrow', aliases: [] },
  netcdf: { media: 'application/netcdf', extension: 'nc', aliases: ['netcdf4', 'application/x-netcdf'] },
  netcdf3: { media: 'application/x-netcdf3', extension: 'nc', aliases: [] },
  zarr: { media: 'application/zip', extension: 'zarr.zip', aliases: [] },
  geotiff: { media: 'image/tiff', extension: 'tif', aliases: ['application/geotiff'] },
  grib2: { media: 'application/x-grib', extension: 'grib2', aliases: ['grib'] },
  om: { media: 'application/x-om', extension: 'om', aliases: [] },
  float32: { media: 'application/octet-stream', extension: 'bin', aliases: [] },
};

const BY_NAME: ReadonlyMap<string, OutputFormat> = new Map(
  (Object.keys(FORMATS) as OutputFormat[]).flatMap((format) =>
    [format, FORMATS[format].media, ...FORMATS[format].aliases].map((name) => [name, format] as const),
  ),
);

/** The format of a request; absent means `covjson`. */
export function readFormat(raw: unknown): OutputFormat {
  if (raw === undefined) return 'covjson';
  const found = typeof raw === 'string' ? BY_NAME.get(raw.trim().toLowerCase()) : undefined;
  if (found !== undefined) return found;
  throw new FeatureError(
    'unsupported_format',
    `"format" ${show(raw)} is unknown; choose of ${Object.keys(FORMATS).join(', ')}.`,
  );
}
