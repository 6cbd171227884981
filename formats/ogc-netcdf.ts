/**
 * NetCDF-4 of EDR and Coverages: columns and grids with axes of time, level, latitude and longitude; everything else, such as
 * points of areas and paths, as a list of observations (CF feature type `point`).
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Levtype, ParamRef } from '../schemas/vocabulary.js';
import type { CfAttributes, CfDataset, CfDimension, CfNumbers, CfVariable } from './cf.js';
import { wrapLongitude } from './float-text.js';
import { NetCdf4Writer } from './netcdf/netcdf4-writer.js';
import { type OgcAnswer, type OgcCoverage, placesOf } from './ogc-coverage.js';

/** Name, standard name, unit and direction of the levels. */
const LEVELS: Readonly<
  Record<Exclude<Levtype, 'sfc'>, readonly [name: string, standard: string, units: string, positive: string]>
> = {
  pl: ['pres', 'air_pressure', 'hPa', 'down'],
  ml: ['level', '', '1', 'down'],
  hl: ['height', 'height', 'm', 'up'],
  pt: ['theta', 'air_potential_temperature', 'K', 'up'],
  o2d: ['depth', 'depth', 'm', 'down'],
};

export const TIME: CfAttributes = {
  standard_name: 'time',
  long_name: 'valid time',
  units: 'seconds since 1970-01-01 00:00:00',
  calendar: 'proleptic_gregorian',
  units_metadata: 'leap_seconds: none',
  axis: 'T',
};
export const LAT: CfAttributes = { standard_name: 'latitude', long_name: 'latitude', units: 'degrees_north' };
export const LON: CfAttributes = { standard_name: 'longitude', long_name: 'longitude', units: 'degrees_east' };
export const MEMBER: CfAttributes = { standard_name: 'realization', long_name: 'ensemble member', units: '1' };

export function levelAttributes(levtype: Levtype): { readonly name: string; readonly attributes: CfAttributes } {
  const [name, standard, units, positive] = LEVELS[levtype === 'sfc' ? 'hl' : levtype];
  const standardName = standard === '' ? {} : { standard_name: standard };
  return { name, attributes: { ...standardName, long_name: 'level', units, positive } };
}

export function variable(
  name: string,
  values: CfNumbers,
  dims: readonly CfDimension[],
  attributes: CfAttributes,
): CfVariable {
  const dtype = values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'float64';
  const isField = values instanceof Float32Array;
  return {
    name,
    dtype,
    dims: dims.map((dim) => dim.name),
    shape: dims.map(({ size }) => size),
    attributes,
    ...(isField ? { fill: Number.NaN } : {}),
    data: { kind: 'values', values },
  };
}

export function paramAttributes(param: ParamRef, coordinates: string): CfAttributes {
  return {
    ...(param.standardName === undefined ? {} : { standard_name: param.standardName }),
    long_name: param.description || param.name,
    units: param.unit,
    ...(param.standardName?.includes('temperature') ? { units_metadata: 'temperature: on_scale' } : {}),
    ...(coordinates === '' ? {} : { coordinates }),
  };
}

/** A name that every reader of NetCDF takes: it starts with a letter. */
export const safeName = (name: string): string =>
  (/^[A-Za-z]/.test(name) ? name : `v_${name}`).replace(/[^A-Za-z0-9_]/g, '_');

const seconds = (times: Float64Array): Float64Array => times.map((ms) => ms / 1000);

function memberOf({ metadata }: OgcCoverage): number {
  return Number(metadata['number'] ?? 0);
}

/** Whether all coverages are columns or grids on the same axes, one a member. */
function areAligned(coverages: readonly OgcCoverage[]): boolean {
  const axes = coverages.map(({ domain: { x, y, z, t, composite, type } }) =>
    composite === undefined
      ? JSON.stringify([type, x, y, z, t].map((one) => (typeof one === 'object' ? [...one] : one)))
      : '',
  );
  const members = new Set(coverages.map(memberOf));
  return axes[0] !== '' && new Set(axes).size === 1 && members.size === coverages.length;
}

function alignedDataset({ coverages, params, levtype }: OgcAnswer): Omit<CfDataset, 'attributes'> {
  const { x, y, z, t, type } = coverages[0]!.domain;
  const dims: CfDimension[] = [];
  const scalars: string[] = [];
  const variables: CfVariable[] = [];
  const add = (name: string, values: CfNumbers, attributes: CfAttributes, keep: boolean): void => {
    const own: CfDimension[] = keep || values.length > 1 ? [{ name, size: values.length }] : [];
    if (own.length === 0) scalars.push(name);
    dims.push(...own);
    variables.push(variable(name, values, own, attributes));
  };
  const isGrid = type === 'Grid' && (x!.length > 1 || y!.length > 1);
  const members = Int32Array.from(coverages, memberOf);
  if (members.length > 1 || members[0] !== 0) add('realization', members, MEMBER, false);
  if (t !== undefined) add('time', seconds(t), TIME, true);
  if (z !== undefined && levtype !== null) {
    const { name, attributes } = levelAttributes(levtype);
    add(name, z, { ...attributes, axis: 'Z' }, false);
  }
  add('lat', y!, isGrid ? { ...LAT, axis: 'Y' } : LAT, isGrid);
  const lon = x!.length === 1 ? Float64Array.of(wrapLongitude(x![0]!)) : x!;
  add('lon', lon, isGrid ? { ...LON, axis: 'X' } : LON, isGrid);
  const size = dims.reduce((product, dim) => product * dim.size, 1);
  for (const param of params) {
    const values = new Float32Array(size).fill(Number.NaN);
    for (const [n, { ranges }] of coverages.entries()) {
      const own = ranges.find((range) => range.param.name === param.name);
      if (own !== undefined) values.set(own.values, (n * size) / coverages.length);
    }
    variables.push(variable(safeName(param.name), values, dims, paramAttributes(param, scalars.join(' '))));
  }
  return { name: '', dims, variables, groups: [] };
}

function observations({ coverages, params, levtype }: OgcAnswer): Omit<CfDataset, 'attributes'> {
  const rows = coverages.flatMap((coverage) => [...placesOf(coverage)].map((place) => ({ coverage, place })));
  const obs: CfDimension[] = [{ name: 'obs', size: rows.length }];
  const column = (pick: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, pick);
  const variables = [
    variable(
      'time',
      column(({ place }) => place.t / 1000),
      obs,
      TIME,
    ),
    variable(
      'lat',
      column(({ place }) => place.y),
      obs,
      LAT,
    ),
    variable(
      'lon',
      column(({ place }) => wrapLongitude(place.x)),
      obs,
      LON,
    ),
    variable(
      'realization',
      Int32Array.from(rows, ({ coverage }) => memberOf(coverage)),
      obs,
      MEMBER,
    ),
  ];
  if (rows.some(({ place }) => !Number.isNaN(place.z)) && levtype !== null) {
    const { name, attributes } = levelAttributes(levtype);
    variables.push(
      variable(
        name,
        column(({ place }) => place.z),
        obs,
        attributes,
      ),
    );
  }
  const coordinates = variables.map(({ name }) => name).join(' ');
  for (const param of params) {
    const ranges = new Map(
      coverages.map((one) => [one, one.ranges.find((range) => range.param.name === param.name)?.values]),
    );
    const values = Float32Array.from(rows, ({ coverage, place }) => ranges.get(coverage)?.[place.index] ?? Number.NaN);
    variables.push(variable(safeName(param.name), values, obs, paramAttributes(param, coordinates)));
  }
  return { name: '', dims: obs, variables, groups: [] };
}

/** The dataset of an answer, with its title. */
export function cfDataset(answer: OgcAnswer, title: string): CfDataset {
  const aligned = areAligned(answer.coverages);
  const dataset = aligned ? alignedDataset(answer) : observations(answer);
  const feature = aligned ? {} : { featureType: 'point' };
  return { ...dataset, attributes: { Conventions: 'CF-1.11', title, ...feature } };
}

/** The file as bytes; it is written beside the temporary files of the machine and removed. */
export async function writeOgcNetcdf(answer: OgcAnswer, title: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'polyfst-netcdf-'));
  try {
    const path = join(folder, 'answer.nc');
    const writer = await NetCdf4Writer.create(path, cfDataset(answer, title), { level: 2 });
    await writer.close();
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
