/** Media type and suffix of every format that an answer can have. */
import type { OutputFormat } from '../schemas/vocabulary.js';

interface ResultType {
  readonly contentType: string;
  /** without the dot */
  readonly extension: string;
}

const TYPES: Readonly<Record<OutputFormat, ResultType>> = {
  covjson: { contentType: 'application/prs.coverage+json', extension: 'covjson' },
  'covjson-ogc': { contentType: 'application/vnd.cov+json', extension: 'covjson' },
  csv: { contentType: 'text/csv; header=present; charset=utf-8', extension: 'csv' },
  geojson: { contentType: 'application/geo+json', extension: 'geojson' },
  parquet: { contentType: 'application/vnd.apache.parquet', extension: 'parquet' },
  arrow: { contentType: 'application/vnd.apache.arrow.stream', extension: 'arrow' },
  netcdf: { contentType: 'application/x-netcdf', extension: 'nc' },
  netcdf3: { contentType: 'application/x-netcdf', extension: 'nc' },
  zarr: { contentType: 'application/zip', extension: 'zarr.zip' },
  geotiff: { contentType: 'image/tiff', extension: 'tif' },
  grib2: { contentType: 'application/x-grib', extension: 'grib2' },
  om: { contentType: 'application/octet-stream', extension: 'om' },
  float32: { contentType: 'application/octet-stream', extension: 'bin' },
};

export function resultType(format: OutputFormat): ResultType {
  return TYPES[format];
}
