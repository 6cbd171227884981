/** Units and names of CF variables as records have them: a fixed table, no parser of units. */
import type { CfVariable } from '../../formats/cf.js';
import { nativeParam } from '../../schemas/params.js';
import { NATIVE } from '../../schemas/params-table.js';
import { FeatureError } from '../../schemas/problem.js';
import { textOf } from './cf-scope.js';

type Family =
  | 'temperature'
  | 'pressure'
  | 'length'
  | 'speed'
  | 'share'
  | 'rate'
  | 'mass'
  | 'energy'
  | 'flux'
  | 'angle'
  | 'frequency'
  | 'omega';

/** SI value = value * scale + offset */
const UNITS: Readonly<Record<string, readonly [family: Family, scale: number, offset: number]>> = {
  K: ['temperature', 1, 0],
  kelvin: ['temperature', 1, 0],
  degC: ['temperature', 1, 273.15],
  celsius: ['temperature', 1, 273.15],
  Celsius: ['temperature', 1, 273.15],
  degree_Celsius: ['temperature', 1, 273.15],
  Pa: ['pressure', 1, 0],
  hPa: ['pressure', 100, 0],
  mb: ['pressure', 100, 0],
  mbar: ['pressure', 100, 0],
  millibar: ['pressure', 100, 0],
  millibars: ['pressure', 100, 0],
  m: ['length', 1, 0],
  gpm: ['length', 1, 0],
  dam: ['length', 10, 0],
  cm: ['length', 0.01, 0],
  mm: ['length', 0.001, 0],
  km: ['length', 1000, 0],
  'm2 s-2': ['length', 1 / 9.80665, 0],
  'm**2 s**-2': ['length', 1 / 9.80665, 0],
  'kg m-2': ['mass', 1, 0],
  'kg m**-2': ['mass', 1, 0],
  'm s-1': ['speed', 1, 0],
  'm/s': ['speed', 1, 0],
  'm s**-1': ['speed', 1, 0],
  kt: ['speed', 0.514444, 0],
  knot: ['speed', 0.514444, 0],
  knots: ['speed', 0.514444, 0],
  'kg kg-1': ['share', 1, 0],
  'kg kg**-1': ['share', 1, 0],
  'kg/kg': ['share', 1, 0],
  'g kg-1': ['share', 0.001, 0],
  'g/kg': ['share', 0.001, 0],
  '%': ['share', 0.01, 0],
  '1': ['share', 1, 0],
  '': ['share', 1, 0],
  'm3 m-3': ['share', 1, 0],
  '(0 - 1)': ['share', 1, 0],
  'J m-2': ['energy', 1, 0],
  'W s m-2': ['energy', 1, 0],
  'W m-2': ['flux', 1, 0],
  's-1': ['frequency', 1, 0],
  's**-1': ['frequency', 1, 0],
  'Pa s-1': ['omega', 1, 0],
  'Pa s**-1': ['omega', 1, 0],
  degree: ['angle', 1, 0],
  degrees: ['angle', 1, 0],
};

export interface Change {
  readonly scale: number;
  readonly offset: number;
}

/** From one unit to another: `to = from * scale + offset`. undefined when they are not known to go together. */
export function unitChange(from: string, to: string): Change | undefined {
  if (from === to) return { scale: 1, offset: 0 };
  const [one, other] = [UNITS[from], UNITS[to]];
  if (one === undefined || other === undefined) return undefined;
  // a millimetre of water weighs a kilogram over a square metre
  const water =
    one[0] === 'mass' && other[0] === 'length' ? 0.001 : one[0] === 'length' && other[0] === 'mass' ? 1000 : undefined;
  if (one[0] !== other[0] && water === undefined) return undefined;
  return { scale: (one[1] * (water ?? 1)) / other[1], offset: (one[2] - other[2]) / other[1] };
}

export interface CfParameter extends Change {
  readonly nomvar: string;
}

/** Wind components under their names towards true east and north. */
export const TURNED_WINDS: Readonly<Record<string, string>> = { eastward_wind: 'UU', northward_wind: 'VV' };

function byStandardName(variable: CfVariable): string | undefined {
  const standard = textOf(variable, 'standard_name');
  if (standard === undefined) return undefined;
  const methods = textOf(variable, 'cell_methods') ?? '';
  if (standard === 'air_temperature' && /time: maximum/.test(methods)) return 'T9';
  if (standard === 'air_temperature' && /time: minimum/.test(methods)) return 'T5';
  if (standard === 'geopotential') return 'GZ';
  const turned = TURNED_WINDS[standard];
  if (turned !== undefined) return turned;
  return NATIVE.find(([, , , name]) => name === standard)?.[0];
}

const SHORT_NAMES: Readonly<Record<string, string>> = {
  t: 'TT',
  '2t': 'TT',
  t2m: 'TT',
  q: 'HU',
  r: 'HR',
  u: 'UU',
  v: 'VV',
  '10u': 'UU',
  '10v': 'VV',
  u10: 'UU',
  v10: 'VV',
  z: 'GZ',
  gh: 'GZ',
  sp: 'P0',
  msl: 'PN',
  prmsl: 'PN',
  tp: 'PR',
  w: 'WW',
  d: 'TD',
  '2d': 'TD',
  sd: 'I5',
  lsm: 'MG',
  tcc: 'NT',
};

function nomvarOf(variable: CfVariable): string {
  const own = textOf(variable, 'fst_nomvar');
  if (own !== undefined) return own;
  const standard = byStandardName(variable);
  if (standard !== undefined) return standard;
  const short = SHORT_NAMES[textOf(variable, 'GRIB_shortName') ?? ''] ?? SHORT_NAMES[variable.name];
  if (short !== undefined) return short;
  if (/^[A-Za-z][A-Za-z0-9]{0,3}$/.test(variable.name)) return variable.name.toUpperCase();
  throw new FeatureError(
    'unsupported_type',
    `variable ${variable.name}: no nomvar follows from its name or standard_name; name it with 1 to 4 letters, or give it an attribute fst_nomvar.`,
  );
}

/** The nomvar of a variable and the way to its unit. Throws FeatureError `unsupported_type` for what has no name or unit here. */
export function parameterOf(variable: CfVariable, ignoreUnits: boolean): CfParameter {
  const nomvar = nomvarOf(variable);
  const { unit } = nativeParam(nomvar);
  const from = (textOf(variable, 'units') ?? unit).trim();
  if (unit === 'unknown' || ignoreUnits) return { nomvar, scale: 1, offset: 0 };
  const same = from === '1e-6 K m2 kg-1 s-1' && unit === 'PVU';
  const change = same ? { scale: 1, offset: 0 } : unitChange(from, unit);
  if (change !== undefined) return { nomvar, ...change };
  throw new FeatureError(
    'unsupported_type',
    `variable ${variable.name}: its unit "${from.slice(0, 40)}" does not lead to ${unit}, the unit of ${nomvar}; convert it, or give --set units=ignore.`,
  );
}
