/**
 * The scale of a field: of its family, or, for fields of no family, over the range of the first field of the run on the same
 * level, so that colours keep their meaning from step to step.
 */
import type { FieldCache } from '../../extraction/maps/field-cache.js';
import type { MapField } from '../../extraction/maps/map-field.js';
import { inUnits } from '../../extraction/vectors.js';
import { familyOf, type Scale, type Styled, scaleOf, withRange } from '../../schemas/styles.js';
import { WmsException } from './exceptions.js';
import { type ChosenField, fieldAt } from './field-choice.js';
import { partsOf } from './layers.js';
import type { WmsQuery } from './query.js';

const SAMPLES = 20_000;
const ranges = new WeakMap<object, Map<string, Promise<readonly [number, number]>>>();

/** 2nd and 98th percentile of the values delivered, from points spread over the field. */
async function rangeOf(fields: FieldCache, field: MapField): Promise<readonly [number, number]> {
  const values = await fields.field(field.cube, field.row);
  const stride = Math.max(1, Math.floor(values.length / SAMPLES));
  const sample: number[] = [];
  for (let n = 0; n < values.length; n += stride) if (Number.isFinite(values[n]!)) sample.push(values[n]!);
  if (sample.length === 0) return [0, 1];
  const sorted = Float64Array.from(sample, (value) => inUnits(field.param, value)).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return [at(0.02), at(0.98)];
}

function firstField({ layer, run, level, number, field }: ChosenField): MapField {
  const parts = partsOf(run.fields.get(layer.parameter.nomvar)!);
  const steps = parts.flatMap((part) => part.steps).sort((one, other) => one - other);
  for (const step of steps) {
    const found = fieldAt(layer.collection, layer.parameter.ref, run, { time: run.base + 1000 * step, level, number });
    if (found !== undefined) return found;
  }
  return field;
}

export function styledOf({ layer, level }: Pick<ChosenField, 'layer' | 'level'>): Styled {
  const { standardName, unit } = layer.parameter.ref;
  return { standardName, unit, levtype: layer.collection.levtype, level };
}

/** The scale of a chosen field. */
export async function scaleOfField(fields: FieldCache, chosen: ChosenField): Promise<Scale> {
  const styled = styledOf(chosen);
  if (familyOf(styled) !== 'other') return scaleOf(styled);
  const { parameter } = chosen.layer;
  const known = ranges.get(parameter) ?? new Map<string, Promise<readonly [number, number]>>();
  ranges.set(parameter, known);
  const key = `${chosen.run.id} ${chosen.level} ${chosen.number}`;
  const range = known.get(key) ?? rangeOf(fields, firstField(chosen));
  known.set(key, range);
  range.catch(() => known.delete(key));
  return scaleOf(styled, await range);
}

/** Changes a scale as the vendor keys COLORSCALERANGE (in the unit of the legend) and NUMCOLORBANDS ask. */
export function askedScale(scale: Scale, query: WmsQuery): Scale {
  const range = query.get('COLORSCALERANGE');
  if (range === undefined || range === 'auto' || range === 'default') return scale;
  const [low, high] = range.split(',').map(Number) as [number, number];
  if (!(high > low)) {
    throw new WmsException('InvalidParameterValue', `COLORSCALERANGE ${range.slice(0, 40)} is not min,max.`);
  }
  const bands = query.get('NUMCOLORBANDS') === undefined ? undefined : query.integer('NUMCOLORBANDS', 2, 250);
  return withRange(scale, low, high, bands);
}
