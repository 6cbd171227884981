/** Formats that data come in, and how a client chooses one. A format is one row here and its writer. */
import type { Request, Response } from 'express';
import { writeCsv } from '../../formats/csv.js';
import { writeOgcFloat32 } from '../../formats/float32-values.js';
import { writeGeojson } from '../../formats/geojson.js';
import { writeOgcArrow } from '../../formats/ogc-arrow.js';
import type { OgcAnswer } from '../../formats/ogc-coverage.js';
import { writeOgcCovjson } from '../../formats/ogc-covjson.js';
import { writeOgcGeotiff } from '../../formats/ogc-geotiff.js';
import { writeOgcNetcdf } from '../../formats/ogc-netcdf.js';
import { writeOgcZarr } from '../../formats/ogc-zarr.js';
import { FeatureError } from '../../schemas/problem.js';
import { PAGE_POLICY } from '../security.js';
import { sendBytes } from './answer.js';
import type { QueryValues } from './query.js';
import { valuesPage } from './values-page.js';

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
  /** for people, shown by browsers */
  readonly isPage?: boolean;
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
  {
    name: 'Arrow',
    media: 'application/vnd.apache.arrow.stream',
    aliases: [],
    extension: 'arrow',
    write: (answer) => writeOgcArrow(answer),
  },
  {
    name: 'Float32',
    media: 'application/octet-stream',
    aliases: [],
    extension: 'bin',
    write: (answer) => writeOgcFloat32(answer),
  },
];

/** A Zarr store in one file, for coverages. */
export const ZARR: DataFormat = {
  name: 'Zarr',
  media: 'application/zip',
  aliases: ['zip'],
  extension: 'zarr.zip',
  write: (answer, { title }) => writeOgcZarr(answer, title),
};

/** GeoTIFF, for coverages: points of other queries are no raster. */
export const GEOTIFF: DataFormat = {
  name: 'GeoTIFF',
  media: 'image/tiff; application=geotiff; profile=cloud-optimized',
  aliases: ['tiff', 'tif', 'image/tiff', 'cog'],
  extension: 'tif',
  rectangular: true,
  write: (answer, { title }) => writeOgcGeotiff(answer, title),
};

/** A page for people; no name of it stands in `output_formats`, which are for programs. */
function pageFormat(formats: readonly DataFormat[]): DataFormat {
  return {
    name: 'HTML',
    media: 'text/html; charset=utf-8',
    aliases: [],
    extension: 'html',
    isPage: true,
    write: (answer, { query, title }) =>
      Buffer.from(valuesPage(answer, { query, title, formats: formats.map(({ name }) => name) })),
  };
}

const plainMedia = (media: string): string => media.split(';', 1)[0]!;

/** Media type of CoverageJSON before it was registered; given to those who ask by it. */
const EARLIER_COVJSON: DataFormat = { ...COVERAGE_JSON, media: 'application/prs.coverage+json' };

function named(asked: string, formats: readonly DataFormat[]): DataFormat {
  if (asked === 'html' || asked === 'text/html') return pageFormat(formats);
  if (asked === EARLIER_COVJSON.media) return EARLIER_COVJSON;
  const found = formats.find(({ name, media, aliases }) =>
    [name.toLowerCase(), media, plainMedia(media), ...aliases].includes(asked),
  );
  if (found !== undefined) return found;
  const names = formats.map(({ name }) => name).join(', ');
  throw new FeatureError('unsupported_format', `f: "${asked.slice(0, 60)}" is not offered; give one of ${names}.`);
}

/**
 * Whether `Accept` is that of somebody who reads pages: browsers name XHTML too. Programs whose library names text/html
 * beside everything else, as that of Java does, get data.
 */
function readsPages(accept: string): boolean {
  return /text\/html/i.test(accept) && (/application\/xhtml\+xml/i.test(accept) || !accept.includes('*'));
}

/** The format that `f`, else `Accept`, asks for; the first of the table when neither says. */
export function chooseFormat(req: Request, values: QueryValues, formats: readonly DataFormat[]): DataFormat {
  const asked = values.get('f')?.trim().toLowerCase();
  if (asked !== undefined && asked !== '') return named(asked, formats);
  const first = formats[0]!;
  const page = readsPages(req.get('Accept') ?? '') ? ['text/html'] : [];
  const choices = [
    'application/json',
    ...formats.map(({ media }) => plainMedia(media)),
    EARLIER_COVJSON.media,
    ...page,
  ];
  const best = req.accepts(choices);
  if (best === 'text/html') return pageFormat(formats);
  if (best === EARLIER_COVJSON.media) return EARLIER_COVJSON;
  return formats.find(({ media }) => plainMedia(media) === best) ?? first;
}

/** Sends an answer in its format. */
export async function sendAnswer(
  res: Response,
  format: DataFormat,
  answer: OgcAnswer,
  context: WriteContext,
): Promise<void> {
  const bytes = await format.write(answer, context);
  if (format.isPage === true) res.setHeader('Content-Security-Policy', PAGE_POLICY);
  sendBytes(res, format.media, bytes);
}
