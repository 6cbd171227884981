/**
 * From a name in a request to a parameter: nomvar, MARS short name or MARS number, in that order, then whatever the case.
 * Whether records of the parameter exist is for the selection to find out.
 */
import { show } from './check.js';
import { BUILT_IN, fitsLevtype, type MarsParam, marsParam, nativeParam, type ParamTable } from './params.js';
import { FeatureError } from './problem.js';
import type { Levtype, ParamRef } from './vocabulary.js';

export interface LookupOptions {
  /** table with a site's rows; absent: the built-in one */
  readonly table?: ParamTable;
  /** nomvars of the collection, trimmed; absent: any name of up to 4 capitals may be a nomvar */
  readonly known?: ReadonlySet<string>;
  /** units asked for; absent: native for nomvars, MARS for MARS names */
  readonly units?: 'native' | 'mars';
}

const NOMVAR = /^[A-Z!#^>][A-Z0-9_!#^>+-]{0,3}$/;

/** CF names of components after they were turned to east and north. */
const TURNED: Readonly<Record<string, string>> = {
  x_wind: 'eastward_wind',
  y_wind: 'northward_wind',
  sea_water_x_velocity: 'eastward_sea_water_velocity',
  sea_water_y_velocity: 'northward_sea_water_velocity',
};

/** The parameter under its nomvar: native units, components along the axes of the grid. */
export function nomvarRef(nomvar: string, levtype: Levtype | undefined, options: LookupOptions = {}): ParamRef {
  const table = options.table ?? BUILT_IN;
  const native = nativeParam(nomvar, table);
  const mars = marsParam(nomvar, levtype, table);
  const inMars = options.units === 'mars' && mars !== undefined;
  return {
    name: nomvar,
    nomvar,
    ...(mars?.paramId === undefined ? {} : { paramId: mars.paramId }),
    ...(native.standardName === undefined ? {} : { standardName: native.standardName }),
    description: native.description,
    unit: inMars ? mars.unit : native.unit,
    scale: inMars ? mars.scale : 1,
    offset: inMars ? mars.offset : 0,
  };
}

/** The parameter under its MARS name: MARS units, components turned to east and north. */
function marsRef(row: MarsParam, options: LookupOptions): ParamRef {
  const table = options.table ?? BUILT_IN;
  const native = nativeParam(row.nomvar, table);
  const rotate = table.vectors.get(row.nomvar);
  const standardName =
    rotate === undefined ? native.standardName : (TURNED[native.standardName ?? ''] ?? native.standardName);
  const inNative = options.units === 'native';
  return {
    name: row.shortName,
    nomvar: row.nomvar,
    ...(row.paramId === undefined ? {} : { paramId: row.paramId }),
    ...(standardName === undefined ? {} : { standardName }),
    description: row.description,
    unit: inNative ? native.unit : row.unit,
    scale: inNative ? 1 : row.scale,
    offset: inNative ? 0 : row.offset,
    ...(rotate === undefined ? {} : { rotate }),
  };
}

/** Number of single-character edits between two names, for suggestions. */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(before[j]! + 1, row[j - 1]! + 1, before[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    before = row;
  }
  return before[b.length]!;
}

function suggestions(asked: string, names: Iterable<string>): string[] {
  const wanted = asked.slice(0, 12).toLowerCase();
  return [...new Set(names)]
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .filter(({ far }) => far <= 2)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 6)
    .map(({ name }) => name);
}

function unknown(asked: string, nomvars: ReadonlySet<string>, table: ParamTable): never {
  const short = table.mars.filter((row) => nomvars.has(row.nomvar)).map((row) => row.shortName);
  const near = suggestions(asked, [...nomvars, ...short]);
  const choices = near.length > 0 ? near : [...new Set([...short, ...nomvars])].slice(0, 12);
  throw new FeatureError(
    'bad_value',
    `"param": ${show(asked)} is unknown; give a nomvar, a MARS short name or a number, for example ${choices.join(', ')}.`,
  );
}

function refuseLevtype(row: MarsParam, levtype: Levtype, table: ParamTable): never {
  const other = table.mars.find((one) => one.nomvar === row.nomvar && fitsLevtype(one.where, levtype));
  const remedy = other === undefined ? 'ask for another levtype' : `ask for ${other.shortName}, or for another levtype`;
  throw new FeatureError('bad_value', `"param": ${row.shortName} is not a parameter of levtype ${levtype}; ${remedy}.`);
}

/** Short names of one spelling whatever the case, best for the level type first. */
function marsByName(name: string, levtype: Levtype | undefined, table: ParamTable): MarsParam | undefined {
  const rows = table.mars.filter((row) => row.shortName.toLowerCase() === name.toLowerCase());
  return rows.find((row) => fitsLevtype(row.where, levtype)) ?? rows[0];
}

/** Number of `167` or of `167.128`: table 128 is the one that plain numbers are of. */
function marsByNumber(text: string, table: ParamTable): MarsParam | undefined {
  const match = /^(\d{1,9})(\.128)?$/.exec(text);
  return match === null ? undefined : table.mars.find((row) => row.paramId === Number(match[1]));
}

/**
 * What a name means on a level type. Throws FeatureError `bad_value` for a name that is none, that is ambiguous (the
 * candidates are listed), or that does not exist on the level type.
 */
export function resolveParam(asked: string, levtype: Levtype | undefined, options: LookupOptions = {}): ParamRef {
  const table = options.table ?? BUILT_IN;
  const name = asked.trim();
  const upper = name.toUpperCase();
  const isNomvar = (text: string): boolean => table.native.has(text) || (options.known?.has(text) ?? false);
  const fitting = (row: MarsParam): ParamRef => {
    if (levtype !== undefined && !fitsLevtype(row.where, levtype)) refuseLevtype(row, levtype, table);
    return marsRef(row, options);
  };
  if (name === upper && isNomvar(name)) return nomvarRef(name, levtype, options);
  const short = marsByName(name, levtype, table);
  if (short !== undefined && short.shortName === name) return fitting(short);
  const numbered = marsByNumber(name, table);
  if (numbered !== undefined) return fitting(numbered);
  if (short !== undefined && isNomvar(upper)) {
    throw new FeatureError(
      'bad_value',
      `"param": ${show(asked)} may be ${short.shortName} or ${upper}; give one as it is written.`,
    );
  }
  if (short !== undefined) return fitting(short);
  if (isNomvar(upper)) return nomvarRef(upper, levtype, options);
  if (options.known === undefined && NOMVAR.test(name)) return nomvarRef(name, levtype, options);
  return unknown(name, options.known ?? new Set(table.native.keys()), table);
}

/** `resolveParam` of a list; two names of one parameter of the answer are duplicates. */
export function resolveParams(
  asked: readonly string[],
  levtype: Levtype | undefined,
  options: LookupOptions = {},
): readonly ParamRef[] {
  const found = new Map<string, string>();
  return asked.map((name) => {
    const ref = resolveParam(name, levtype, options);
    const before = found.get(ref.name);
    if (before !== undefined) {
      throw new FeatureError(
        'bad_value',
        `"param": duplicate value, ${show(before)} and ${show(name)} are both ${ref.name}; give one.`,
      );
    }
    found.set(ref.name, name);
    return ref;
  });
}
