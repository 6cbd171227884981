/** Both components of a wind, for its speed and its symbols. Along the grid's axes as stored; factors lead to m/s. */
import type { MapField } from '../../extraction/maps/map-field.js';
import { tableOf } from '../../extraction/select/params.js';
import { nomvarRef } from '../../schemas/param-lookup.js';
import { conversion, type Scale, scaleOf } from '../../schemas/styles.js';
import { WmsException } from './exceptions.js';
import { type ChosenField, fieldAt } from './field-choice.js';
import { partnerOf } from './style-names.js';

export const KNOTS_A_METRE_SECOND = 1 / 0.514444;

export interface Wind {
  readonly u: MapField;
  readonly v: MapField;
  /** m/s = stored * factor */
  readonly factor: number;
}

/** The wind that a component belongs to, at the same place of the dimensions. */
export function windOf(chosen: ChosenField): Wind {
  const { layer, run } = chosen;
  const { collection, parameter } = layer;
  const table = tableOf(collection.cube);
  const partner = partnerOf(layer);
  const names = partner === undefined ? [] : [parameter.nomvar, partner];
  if (table.vectors.get(parameter.nomvar)?.component === 'v') names.reverse();
  const [u, v] = names.map((name) => fieldAt(collection, nomvarRef(name, collection.levtype, { table }), run, chosen));
  if (u === undefined || v === undefined) {
    throw new WmsException('StyleNotDefined', `${layer.name} has no partner at this time; use the style fill.`);
  }
  return { u, v, factor: conversion(u.param.unit, 'm s-1')?.scale ?? 1 };
}

/** Scale of wind speeds in m/s at the level of a field. */
export function speedScale({ layer, level }: ChosenField): Scale {
  return scaleOf({ standardName: 'wind_speed', unit: 'm s-1', levtype: layer.collection.levtype, level });
}
