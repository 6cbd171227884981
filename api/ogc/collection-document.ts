/** The document of a collection or of one of its instances, as EDR 1.1 lays it out. */
import { ucumOf, unitLabel } from '../../schemas/params.js';
import { familyOf } from '../../schemas/styles.js';
import type { Levtype } from '../../schemas/vocabulary.js';
import { KM, QUERY_TYPES, type QueryType } from '../edr/query-features.js';
import { hasLevels } from '../edr/segments.js';
import { CRS84_WKT, heightUnits } from './crs.js';
import type { EdrCollection, EdrRun } from './edr-collections.js';
import type { EdrParameter } from './edr-parameters.js';
import { extentDocument } from './extents.js';
import { labelOf } from './labels.js';
import { type Link, MEDIA, selfLinks } from './links.js';

export interface DocumentContext {
  /** absolute address of the EDR root, without a slash at the end */
  readonly root: string;
  /** names of the data formats, the default first */
  readonly formats: readonly string[];
  /** links that other surfaces add to a collection */
  readonly links?: (collection: EdrCollection, base: string) => readonly Link[];
}

const LEVTYPE_TITLES: Readonly<Record<Levtype, string>> = {
  sfc: 'surface',
  pl: 'pressure levels',
  ml: 'model levels',
  hl: 'heights above ground',
  pt: 'isentropic levels',
  o2d: 'depths',
};

export function titleOf(collection: EdrCollection): string {
  const { title = collection.polytope } = collection.cube.collection;
  const { ni, nj, id } = collection.grid;
  const grid = collection.id.endsWith(`-g${id.slice(0, 6)}`) ? `, grid ${ni} x ${nj}` : '';
  return `${title}: ${LEVTYPE_TITLES[collection.levtype]}${grid}`;
}

const UCUM = 'http://www.opengis.net/def/uom/UCUM/';

function parameterDocument(parameter: EdrParameter, levtype: Levtype): object {
  const { key, nomvar, shortName, ref } = parameter;
  const label = labelOf(parameter);
  const family = familyOf({ standardName: ref.standardName, unit: ref.unit, levtype });
  const vocabulary =
    ref.standardName === undefined ? key : `http://vocab.nerc.ac.uk/standard_name/${ref.standardName}/`;
  return {
    type: 'Parameter',
    id: key,
    label: label.en,
    description: ref.description || key,
    'data-type': 'float',
    unit: { label: unitLabel(ref.unit), symbol: { value: ucumOf(ref.unit), type: UCUM } },
    observedProperty: { id: vocabulary, label: label.en },
    measurementType: { method: family === 'precipitation' ? 'sum' : 'instantaneous' },
    polyfst: { shortName: shortName ?? null, nomvar, family, label, levtype },
  };
}

const TITLES: Readonly<Record<QueryType, string>> = {
  position: 'Values at the grid points nearest to places',
  radius: 'Values at the grid points within a distance of a place',
  area: 'Values at the grid points in polygons',
  cube: 'Values at the grid points in a box',
  trajectory: 'Values at the grid points nearest to the vertices of a path',
  corridor: 'Values at the grid points within a width of a path',
  locations: 'Values at named places',
};

function variablesOf(type: QueryType, collection: EdrCollection): object {
  const heights = { height_units: heightUnits(collection.levtype) };
  const lengths = Object.keys(KM);
  if (type === 'radius') return { within_units: lengths };
  if (type === 'corridor') return { width_units: lengths, ...heights };
  return type === 'cube' ? heights : {};
}

function dataQueries(collection: EdrCollection, base: string, formats: readonly string[], isRun: boolean): object {
  const [first] = formats;
  const query = (type: QueryType): object => ({
    link: {
      href: `${base}/${type}`,
      rel: 'data',
      type: type === 'locations' ? MEDIA.geojson : MEDIA.covjson,
      title: TITLES[type],
      variables: {
        title: TITLES[type],
        description: `${TITLES[type]} of ${titleOf(collection)}.`,
        query_type: type,
        ...variablesOf(type, collection),
        output_formats: formats,
        default_output_format: first,
        crs_details: [{ crs: 'CRS84', wkt: CRS84_WKT }],
      },
    },
  });
  const instances = {
    link: {
      href: `${base}/instances`,
      rel: 'collection',
      type: MEDIA.json,
      title: 'Runs',
      variables: { title: 'Runs', query_type: 'instances', output_formats: ['json', 'html'] },
    },
  };
  const queries = Object.fromEntries(QUERY_TYPES.map((type) => [type, query(type)]));
  return isRun ? queries : { ...queries, instances };
}

/** Record keys that keep a Polytope request to the collection's grid, where its level type has others. */
function gridKeysOf({ gridKeys, onlyGrid }: EdrCollection): Readonly<Record<string, string>> {
  if (onlyGrid) return {};
  const joined = (values: readonly (string | number)[]): string => [...new Set(values)].join('/');
  return {
    grtyp: joined(gridKeys.map(({ grtyp }) => grtyp)),
    ...Object.fromEntries([0, 1, 2, 3].map((n) => [`ig${n + 1}`, joined(gridKeys.map(({ ig }) => ig[n]!))])),
  };
}

function polyfstMember(collection: EdrCollection, run: EdrRun | undefined): object {
  const { all, single, members } = collection.keys;
  const keys = { ...all, levtype: collection.levtype, ...gridKeysOf(collection) };
  const variants = { ...(single === undefined ? {} : { single }), ...(members === undefined ? {} : { members }) };
  const zarr = `/zarr/${collection.id}${run === undefined ? '' : `/${run.id}/`}`;
  const { ni, nj, kind } = collection.grid;
  return {
    polytope: { collection: collection.polytope, keys, ...variants },
    zarr,
    wmsPrefix: collection.id,
    grid: { id: collection.grid.id, ni, nj, kind, spacing: collection.extent.spacing },
    ...(run === undefined
      ? {}
      : { complete: run.complete, steps: run.steps.length, expectedSteps: run.expectedSteps, base: runTitle(run) }),
  };
}

/** Base time for people: `2025-01-15 00:00 UTC`. */
export function runTitle({ base }: EdrRun): string {
  return `${new Date(base).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function linksOf(context: DocumentContext, collection: EdrCollection, base: string, run: EdrRun | undefined): Link[] {
  const title = run === undefined ? titleOf(collection) : runTitle(run);
  const own = selfLinks(base, title);
  const data: Link[] = [
    { rel: 'collection', type: MEDIA.json, href: base, title },
    { rel: 'data', type: MEDIA.covjson, href: `${base}/position`, title: TITLES.position },
  ];
  if (run !== undefined) return [...own, ...data];
  const coverage = 'http://www.opengis.net/def/rel/ogc/1.0/coverage';
  const schema = 'http://www.opengis.net/def/rel/ogc/1.0/schema';
  return [
    ...own,
    ...data,
    { rel: 'instances', type: MEDIA.json, href: `${base}/instances`, title: 'Runs' },
    { rel: coverage, type: MEDIA.covjson, href: `${base}/coverage`, title: 'Coverage' },
    { rel: schema, type: MEDIA.schema, href: `${base}/schema`, title: 'Schema of the fields' },
    ...(context.links?.(collection, base) ?? []),
  ];
}

/** A collection, or with `run` one of its instances. */
export function collectionDocument(context: DocumentContext, collection: EdrCollection, run?: EdrRun): object {
  const home = `${context.root}/collections/${encodeURIComponent(collection.id)}`;
  const base = run === undefined ? home : `${home}/instances/${run.id}`;
  const { description } = collection.cube.collection;
  const about = `${description === undefined ? '' : `${description} `}Fields on ${LEVTYPE_TITLES[collection.levtype]}, ${collection.grid.ni} x ${collection.grid.nj} points.`;
  const best = 'Queries without an instance read, for each valid time, the newest complete run that has it.';
  const shown = collection.parameters.filter(({ nomvar }) => run === undefined || run.fields.has(nomvar));
  return {
    id: run?.id ?? collection.id,
    title: run === undefined ? titleOf(collection) : `${titleOf(collection)}, run of ${runTitle(run)}`,
    description: run === undefined ? `${about} ${best}` : about,
    keywords: [collection.polytope, collection.levtype, LEVTYPE_TITLES[collection.levtype], 'weather', 'forecast'],
    links: linksOf(context, collection, base, run),
    extent: extentDocument(collection, run),
    data_queries: dataQueries(collection, base, context.formats, run !== undefined),
    crs: ['CRS84'],
    output_formats: context.formats,
    ...(hasLevels(collection) ? { height_units: heightUnits(collection.levtype) } : {}),
    within_units: Object.keys(KM),
    distanceunits: Object.keys(KM),
    parameter_names: Object.fromEntries(shown.map((one) => [one.key, parameterDocument(one, collection.levtype)])),
    polyfst: polyfstMember(collection, run),
  };
}

/** Document of all collections. */
export function collectionsDocument(context: DocumentContext, collections: readonly EdrCollection[]): object {
  return {
    links: selfLinks(`${context.root}/collections`, 'Collections'),
    collections: collections.map((collection) => collectionDocument(context, collection)),
  };
}

/** Document of some runs of a collection, newest first; `runs` ascends. */
export function instancesDocument(
  context: DocumentContext,
  collection: EdrCollection,
  runs: readonly EdrRun[] = collection.runs,
): object {
  const base = `${context.root}/collections/${encodeURIComponent(collection.id)}/instances`;
  return {
    links: selfLinks(base, `Runs of ${titleOf(collection)}`),
    instances: [...runs].reverse().map((run) => collectionDocument(context, collection, run)),
  };
}
