/** Values of an answer for an area: which fields there are, and one of them as points. Pure. */
import type { DecodedCoverage } from '../../client/covjson.js';
import type { Param } from '../model/catalogue.js';

export interface AreaField {
  /** valid time, ms */
  readonly time: number;
  readonly member: number;
  readonly lat: Float64Array;
  readonly lon: Float64Array;
  readonly level: Float64Array;
  readonly times: Float64Array;
  /** as delivered; the length of the vector for winds given by components */
  readonly values: Float32Array;
  readonly unit: string;
  /** components turned to north, where they came along, and their unit */
  readonly wind: { readonly u: Float32Array; readonly v: Float32Array; readonly unit: string } | undefined;
}

type Names = readonly string[];

function valuesOf(
  { values, units }: DecodedCoverage,
  param: Param,
  wind: Names,
): { values: Float32Array; unit: string } | undefined {
  if (param.components !== undefined) {
    const names = [param.components, wind].find(([name = '']) => values[name] !== undefined) ?? [];
    const [u, v] = names.map((key) => values[key]);
    if (u === undefined || v === undefined) return undefined;
    return { values: u.map((one, n) => Math.hypot(one, v[n]!)), unit: units[names[0]!] ?? param.unit };
  }
  const own = values[param.key];
  return own && { values: own, unit: units[param.key] || param.unit };
}

/** Units come as UCUM, or in the spelling of the field. */
const ucum: Readonly<Record<string, string>> = { degC: 'Cel', kt: '[kn_i]', 'm s-1': 'm/s', 'kg kg-1': 'kg/kg' };

function windOf({ values, units }: DecodedCoverage, [east = '', north = '']: Names): AreaField['wind'] {
  const [u, v] = [values[east], values[north]];
  return u && v && { u, v, unit: ucum[units[east] ?? ''] ?? units[east] ?? 'm/s' };
}

/** `wind`: names of its components, where an answer may have them beside the parameter. */
export function areaFields(
  coverages: readonly DecodedCoverage[],
  param: Param,
  wind: Names = [],
): readonly AreaField[] {
  return coverages.flatMap((coverage) => {
    const found = valuesOf(coverage, param, wind);
    if (found === undefined) return [];
    const { lat, lon, level, time: times, metadata } = coverage;
    const valid = metadata['fst:validTime'] ?? metadata['Forecast date'];
    const time = typeof valid === 'string' ? Date.parse(valid) : (times[0] ?? Number.NaN);
    const member = Number(metadata['number'] ?? -1);
    const own = { values: found.values, unit: ucum[found.unit] ?? found.unit, wind: windOf(coverage, wind) };
    return [{ time, member, lat, lon, level, times, ...own }];
  });
}

/** The field nearest to an instant. */
export function fieldNear(fields: readonly AreaField[], time: number): AreaField | undefined {
  const far = (field: AreaField): number => Math.abs(field.time - time);
  return fields.length === 0 ? undefined : fields.reduce((best, field) => (far(field) < far(best) ? field : best));
}
