/**
 * The parameter table at work: what records of a nomvar hold, which MARS name they have, and what a name in a request means.
 * Rule of units: asked by nomvar, values are native; asked by a MARS name, they are in MARS units, vectors to true east/north.
 */
import type { ParamOverride } from './param-row.js';
import { MARS, NATIVE, UNITS, VECTORS } from './params-table.js';
import type { Levtype } from './vocabulary.js';

export type Where = 'any' | 'level' | 'near';

/** What records of a nomvar hold. */
export interface NativeParam {
  readonly nomvar: string;
  readonly description: string;
  readonly unit: string;
  readonly standardName?: string;
  /** CF value = stored * scale + offset */
  readonly cf: { readonly unit: string; readonly scale: number; readonly offset: number };
}

/** A MARS name of a nomvar: MARS value = stored * scale + offset. */
export interface MarsParam {
  readonly shortName: string;
  readonly paramId?: number;
  readonly nomvar: string;
  readonly where: Where;
  readonly description: string;
  readonly unit: string;
  readonly scale: number;
  readonly offset: number;
}

export interface VectorPart {
  readonly partner: string;
  readonly component: 'u' | 'v';
}

export interface ParamTable {
  readonly native: ReadonlyMap<string, NativeParam>;
  readonly mars: readonly MarsParam[];
  readonly vectors: ReadonlyMap<string, VectorPart>;
}

/** Unit of records whose nomvar is not in the table. */
export const UNKNOWN_UNIT = 'unknown';

/** What records of a nomvar hold; a nomvar that is not in the table is legal, its unit unknown. */
export function nativeParam(nomvar: string, table: ParamTable = BUILT_IN): NativeParam {
  return table.native.get(nomvar) ?? unknownParam(nomvar);
}

function unknownParam(nomvar: string): NativeParam {
  return { nomvar, description: nomvar, unit: UNKNOWN_UNIT, cf: { unit: UNKNOWN_UNIT, scale: 1, offset: 0 } };
}

/** Whether a MARS name that stands for `where` may be asked on a level type. */
export function fitsLevtype(where: Where, levtype: Levtype | undefined): boolean {
  return where === 'any' || levtype === undefined || (where === 'near') === (levtype === 'sfc');
}

/** The MARS name of a nomvar on a level type; undefined when it has none. */
export function marsParam(
  nomvar: string,
  levtype: Levtype | undefined,
  table: ParamTable = BUILT_IN,
): MarsParam | undefined {
  return table.mars.find((row) => row.nomvar === nomvar && fitsLevtype(row.where, levtype));
}

/** Symbol of a unit in UCUM, as OGC clients expect it. */
export function ucumOf(unit: string): string {
  return UNITS[unit]?.ucum ?? unit;
}

/** Name of a unit, for people. */
export function unitLabel(unit: string): string {
  return UNITS[unit]?.label ?? unit;
}

function builtIn(): ParamTable {
  const native = new Map<string, NativeParam>();
  for (const [nomvar, description, unit, standardName, cfUnit, scale, offset] of NATIVE) {
    const named = standardName === '' ? {} : { standardName };
    native.set(nomvar, { nomvar, description, unit, ...named, cf: { unit: cfUnit, scale, offset } });
  }
  const mars = MARS.map(
    ([shortName, paramId, nomvar, where, description, unit, scale, offset]): MarsParam => ({
      shortName,
      paramId,
      nomvar,
      where,
      description,
      unit,
      scale,
      offset,
    }),
  );
  const vectors = new Map<string, VectorPart>();
  for (const [u, v] of VECTORS) {
    vectors.set(u, { partner: v, component: 'u' });
    vectors.set(v, { partner: u, component: 'v' });
  }
  return { native, mars, vectors };
}

/** The table without a site's rows. */
export const BUILT_IN: ParamTable = builtIn();

function overrideNative(row: ParamOverride, before: NativeParam): NativeParam {
  const unit = row.unit ?? before.unit;
  // A new unit of the records makes the old way to CF units void.
  const cf = row.unit === undefined || row.unit === before.unit ? before.cf : { unit, scale: 1, offset: 0 };
  const standardName = row.standardName ?? before.standardName;
  return {
    nomvar: row.nomvar,
    description: row.description ?? before.description,
    unit,
    ...(standardName === undefined ? {} : { standardName }),
    cf: { unit: row.cfUnit ?? cf.unit, scale: row.cfScale ?? cf.scale, offset: row.cfOffset ?? cf.offset },
  };
}

/** Rows of MARS names after a site's row: a named row comes first and replaces that name, others change in place. */
function overrideMars(row: ParamOverride, native: NativeParam, mars: readonly MarsParam[]): readonly MarsParam[] {
  const values = {
    ...(row.paramId === undefined ? {} : { paramId: row.paramId }),
    ...(row.description === undefined ? {} : { description: row.description }),
    ...(row.marsUnit === undefined ? {} : { unit: row.marsUnit }),
    ...(row.scale === undefined ? {} : { scale: row.scale }),
    ...(row.offset === undefined ? {} : { offset: row.offset }),
  };
  const { shortName } = row;
  if (shortName === undefined) {
    return mars.map((one) =>
      one.nomvar === row.nomvar && (row.where === undefined || one.where === row.where) ? { ...one, ...values } : one,
    );
  }
  const where = row.where ?? 'any';
  const old = mars.find((one) => one.shortName === shortName && one.nomvar === row.nomvar);
  const plain = { description: native.description, unit: native.unit, scale: 1, offset: 0 };
  const added: MarsParam = { ...(old ?? plain), ...values, shortName, nomvar: row.nomvar, where };
  const kept = mars.filter(
    (one) => one.shortName !== shortName && (row.paramId === undefined || one.paramId !== row.paramId),
  );
  return [added, ...kept];
}

/** The built-in table with a site's rows laid over it, in order. */
export function paramTable(overrides: readonly ParamOverride[]): ParamTable {
  if (overrides.length === 0) return BUILT_IN;
  const native = new Map(BUILT_IN.native);
  const vectors = new Map(BUILT_IN.vectors);
  let mars = BUILT_IN.mars;
  for (const row of overrides) {
    const changed = overrideNative(row, native.get(row.nomvar) ?? unknownParam(row.nomvar));
    native.set(row.nomvar, changed);
    mars = overrideMars(row, changed, mars);
    if (row.partner !== undefined && row.component !== undefined) {
      vectors.set(row.nomvar, { partner: row.partner.toUpperCase(), component: row.component });
    }
  }
  return { native, mars, vectors };
}
