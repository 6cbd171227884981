/** Formats that data come in, and how a client chooses one. A format is one row here and its writer. */
import type { Request } from 'express';
import { writeCsv } from '../../formats/csv.js';
import { writeGeojson } from '../../formats/geojson.js';
import type { OgcAnswer } from '../../formats/ogc-coverage.js';
import { writeOgcCovjson } from '../../formats/ogc-covjson.js';
import { writeOgcGeotiff } from '../../formats/ogc-geotiff.js';
import { writeOgcNetcdf } from '../../formats/ogc-netcdf.js';
import { FeatureError } from '../../schemas/problem.js';
import type { QueryValues } from './query.js';

/** What a writer may want to know beside the values. */
export interface WriteContext {
  /** address of the query */
  readonly query: string;
  /** title of the collection */
  readonly title: string;
  /** whether lines about the answer were asked for */
  readonly meta: boolean;
}

export interface DataFormat {
  /** as in `output_formats` */
  readonly name: string;
  readonly media: string;
  readonly aliases: readonly string[];
  /** suffix of a file, without the dot */
  readonly extension: string;
  /** needs straight rows and columns: other grids are sampled on some */
  readonly rectangular?: boolean;
  write(answer: OgcAnswer, context: WriteContext): Uint8Array | Promise<Uint8Array>;
}

export const COVERAGE_JSON: DataFormat = {
  name: 'CoverageJSON',
  media: 'application/vnd.cov+json',
  aliases: ['covjson', 'json', 'application/json', 'application/prs.coverage+json'],
  extension: 'covjson',
  write: (answer) => writeOgcCovjson(answer),
};

export const TEXT_FORMATS: readonly DataFormat[] = [
  COVERAGE_JSON,
  {
    name: 'GeoJSON',
    media: 'application/geo+json',
    aliases: [],
    extension: 'geojson',
    write: (answer, { query }) => writeGeojson(answer, query),
  },
  {
    name: 'CSV',
    media: 'text/csv; charset=utf-8; header=present',
    aliases: ['text/csv'],
    extension: 'csv',
    write: (answer, { meta, title, query }) => writeCsv(answer, meta ? [title, query] : []),
  },
];

/** Formats of files, which are not text. */
export const FILE_FORMATS: readonly DataFormat[] = [
  {
    name: 'NetCDF',
    media: 'application/netcdf',
    aliases: ['netcdf4', 'nc', 'application/x-netcdf'],
    extension: 'nc',
    write: (answer, { title }) => writeOgcNetcdf(answer, title),
  },
];

/** GeoTIFF, for coverages: points of other queries are no raster. */
export const GEOTIFF: DataFormat = {
  name: 'GeoTIFF',
  media: 'image/tiff; application=geotiff; profile=cloud-optimized',
  aliases: ['tiff', 'tif', 'image/tiff', 'cog'],
  extension: 'tif',
  rectangular: true,
  write: (answer, { title }) => writeOgcGeotiff(answer, title),
};

const plainMedia = (media: string): string => media.split(';', 1)[0]!;

/** The format that `f`, else `Accept`, asks for; the first of the table when neither says. */
export function chooseFormat(req: Request, values: QueryValues, formats: readonly DataFormat[]): DataFormat {
  const asked = values.get('f')?.trim().toLowerCase();
  if (asked !== undefined && asked !== '') {
    const found = formats.find(({ name, media, aliases }) =>
      [name.toLowerCase(), media, plainMedia(media), ...aliases].includes(asked),
    );
    if (found !== undefined) return found;
    const names = formats.map(({ name }) => name).join(', ');
    throw new FeatureError('unsupported_format', `f: "${asked.slice(0, 60)}" is not offered; give one of ${names}.`);
  }
  const first = formats[0]!;
  // a page of a browser, or anything: the default
  const choices = ['application/json', 'text/html', ...formats.map(({ media }) => plainMedia(media))];
  const best = req.accepts(choices);
  return formats.find(({ media }) => plainMedia(media) === best) ?? first;
}
