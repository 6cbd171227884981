/**
 * Which record a request shows: dimension values against what a layer has. Absent values mean the newest time, the newest
 * complete run that has it, the level nearest to the ground, and no member (else the first).
 */

import {
  type BlockFilter,
  blockOf,
  type FieldBlock,
  NONE,
  placeNear,
  positionAt,
} from '../../extraction/catalogue/field-block.js';
import { runOf } from '../../extraction/datacube.js';
import type { MapField } from '../../extraction/maps/map-field.js';
import { LEVTYPES } from '../../extraction/run-index.js';
import type { ParamRef } from '../../schemas/vocabulary.js';
import type { EdrCollection, EdrRun } from '../ogc/edr-collections.js';
import type { FieldAxes } from '../ogc/edr-fields.js';
import { WmsException } from './exceptions.js';
import { axesOf, type LayerAxes, type MapLayer } from './layers.js';
import { isoTime, runTime } from './times.js';

/** Dimension values as the request has them. */
export interface AskedDimensions {
  readonly time?: string | undefined;
  readonly elevation?: string | undefined;
  readonly referenceTime?: string | undefined;
  readonly number?: string | undefined;
}

/** The record that is shown, and where it stands in the dimensions. */
export interface ChosenField {
  readonly layer: MapLayer;
  readonly run: EdrRun;
  /** valid time, ms */
  readonly time: number;
  readonly level?: number;
  readonly number?: number;
  readonly field: MapField;
}

const LEVEL_TOLERANCE = 1e-5;

function invalid(name: string, value: string, remedy: string): WmsException {
  return new WmsException('InvalidDimensionValue', `${name} ${value.slice(0, 60)} is not available; ${remedy}.`);
}

function chooseRuns(axes: LayerAxes, asked: string | undefined): readonly EdrRun[] {
  const newestFirst = [...axes.runs].reverse();
  // a time is shown from the newest whole run that has it
  const preferred = [
    ...newestFirst.filter(({ complete }) => complete),
    ...newestFirst.filter(({ complete }) => !complete),
  ];
  if (asked === undefined) return preferred;
  if (asked === 'current') return preferred.slice(0, 1);
  const base = runTime(asked);
  const run = axes.runs.find((one) => one.base === base);
  if (run === undefined) throw invalid('DIM_REFERENCE_TIME', asked, 'GetCapabilities lists the runs of the layer');
  return [run];
}

function timesOf(runs: readonly EdrRun[], nomvar: string, part: (run: EdrRun) => FieldAxes | undefined): number[] {
  const times = runs.flatMap((run) =>
    run.fields.has(nomvar) ? (part(run)?.steps.map((s) => run.base + 1000 * s) ?? []) : [],
  );
  return [...new Set(times)].sort((one, other) => one - other);
}

function chooseTime(times: readonly number[], asked: string | undefined): number {
  const newest = times.at(-1);
  if (newest === undefined)
    throw invalid('TIME', asked ?? 'current', 'the layer has no fields for the other dimensions');
  if (asked === undefined || asked === 'current') return newest;
  const ends = asked.split('/');
  const wanted = ends.slice(0, 2).map((end) => isoTime(end));
  if (wanted.some(Number.isNaN)) throw invalid('TIME', asked, 'write it as 2025-01-15T06:00:00Z');
  // one picture of an interval shows its end
  const found =
    wanted.length === 1
      ? times.find((time) => time === wanted[0])
      : times.findLast((time) => time >= wanted[0]! && time <= wanted[1]!);
  if (found === undefined) throw invalid('TIME', asked, 'GetCapabilities lists the times of the layer');
  return found;
}

function chooseLevel(axes: LayerAxes, asked: string | undefined): number | undefined {
  if (axes.levels.length === 0) return undefined;
  if (asked === undefined) return axes.levels[0]!;
  const wanted = Number(asked);
  const near = (level: number): boolean =>
    Math.abs(level - wanted) <= LEVEL_TOLERANCE * Math.max(Math.abs(level), 1e-9);
  const found = axes.levels.find(near);
  if (found === undefined) throw invalid('ELEVATION', asked, `there are ${axes.levels.slice(0, 100).join(', ')}`);
  return found;
}

function chooseNumber(axes: LayerAxes, asked: string | undefined): number | undefined {
  if (axes.numbers.length === 0) return undefined;
  if (asked === undefined) return axes.single ? undefined : axes.numbers[0]!;
  const wanted = /^\d{1,9}$/.test(asked) ? Number(asked) : Number.NaN;
  if (!axes.numbers.includes(wanted))
    throw invalid('DIM_NUMBER', asked, `there are ${axes.numbers.slice(0, 100).join(', ')}`);
  return wanted;
}

function filterOf(collection: EdrCollection): BlockFilter {
  const { cube, levtype, gridKeys } = collection;
  const number = LEVTYPES.indexOf(levtype);
  const grids = new Set(gridKeys.map((key) => cube.grids.indexOf(key)));
  return {
    key: `map ${collection.id}`,
    flat: levtype === 'sfc',
    stepFromIp2: false,
    accepts: (run, row) => {
      if (run.columns.levtype[row] !== number) return false;
      const home = cube.runs.find(({ index }) => index === run)!;
      return grids.has(home.gridNumbers[run.columns.grid[row]!]!);
    },
  };
}

/** Row of the field of a variable; undefined without one. */
export function rowOf(
  collection: EdrCollection,
  run: EdrRun,
  nomvar: string,
  at: { readonly time: number; readonly level?: number | undefined; readonly number?: number | undefined },
): number | undefined {
  const home = collection.cube.runs.find(({ index }) => index.id === run.id);
  const block = home && blockOf(home.index, nomvar, filterOf(collection));
  if (home === undefined || block === undefined) return undefined;
  const place = {
    number: block.numbers.indexOf(at.number ?? -1),
    level: at.level === undefined ? 0 : placeNear(block.levels, at.level, LEVEL_TOLERANCE),
    step: block.steps.indexOf((at.time - run.base) / 1000),
  };
  const position = newestOf(block, positionAt(block, place.number, place.level, place.step));
  return position === NONE ? undefined : home.firstRow + block.rows[position]!;
}

/** Of several records that a map cannot tell apart, the one that was written last. */
function newestOf(block: FieldBlock, first: number): number {
  let newest = first;
  for (let at = first; at !== NONE; at = block.next[at]!) if (block.rows[at]! > block.rows[newest]!) newest = at;
  return newest;
}

/** The field of a parameter at a place of the dimensions; undefined without it, or without its partner. */
export function fieldAt(
  collection: EdrCollection,
  param: ParamRef,
  run: EdrRun,
  at: { readonly time: number; readonly level?: number | undefined; readonly number?: number | undefined },
): MapField | undefined {
  const row = rowOf(collection, run, param.nomvar, at);
  if (row === undefined) return undefined;
  const { cube, grid } = collection;
  if (param.rotate === undefined) return { cube, grid, param, row };
  const partner = rowOf(collection, run, param.rotate.partner, at);
  return partner === undefined ? undefined : { cube, grid, param, row, partner };
}

/** Chooses the record. Throws `InvalidDimensionValue` for a value that the layer does not have. */
export function chooseField(layer: MapLayer, asked: AskedDimensions): ChosenField {
  const { collection, parameter } = layer;
  const axes = axesOf(layer);
  const runs = chooseRuns(axes, asked.referenceTime);
  const level = chooseLevel(axes, asked.elevation);
  const number = chooseNumber(axes, asked.number);
  const part = (run: EdrRun): FieldAxes | undefined => {
    const field = run.fields.get(parameter.nomvar);
    return number === undefined ? field?.single : field?.members;
  };
  const time = chooseTime(timesOf(runs, parameter.nomvar, part), asked.time);
  const at = { time, ...(level === undefined ? {} : { level }), ...(number === undefined ? {} : { number }) };
  for (const run of runs) {
    if (part(run)?.steps.includes((time - run.base) / 1000) !== true) continue;
    const field = fieldAt(collection, parameter.ref, run, at);
    if (field !== undefined) return { layer, run, ...at, field };
  }
  throw invalid('TIME', asked.time ?? 'current', `${layer.name} has no field for this combination of dimensions`);
}

/** Stamp of what a picture depends on: the record, its file and its partner. */
export function fingerprint({ field }: ChosenField): string {
  const { cube, row, partner } = field;
  return `${cube.collection.name} ${cube.version} ${runOf(cube, row).index.id} ${row} ${partner ?? ''}`;
}
