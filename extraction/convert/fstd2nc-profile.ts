/**
 * The dataset as scripts made for fstd2nc expect it (`profile=fstd2nc`): its names of axes and mappings, coordinates in float32,
 * longitudes from 0 to 360, missing points as 1e30, and no variables beside those. Several grids stay groups.
 */
import {
  type CfAttribute,
  type CfDataset,
  type CfGroup,
  type CfNumbers,
  type CfValues,
  type CfVariable,
  loadValues,
} from '../../formats/cf.js';

const MISSING = 1e30;

const RENAMED: Readonly<Record<string, string>> = {
  crs: 'crs_latlon',
  polar_stereographic: 'polar_stereo',
  level_hyb: 'level',
  level_sg: 'level',
  level_gc: 'level',
};

const SUBORDINATE = /(_ip1|_bnds)$/;
/** Coordinates that stay float64: epochs need them. */
const WIDE = /^(time|reftime)/;

/** Names of rows and columns: those of a polar plane, or of no plane at all. */
function planeNames(group: CfGroup): Readonly<Record<string, string>> {
  if (group.variables.some(({ name }) => name === 'polar_stereographic')) return { y: 'yc', x: 'xc' };
  return group.variables.some(({ name }) => name === 'x') ? {} : { y: 'j', x: 'i', station: 'i' };
}

const narrowed = (values: CfValues): CfValues => (values instanceof Float64Array ? Float32Array.from(values) : values);

function eastern(name: string, values: CfNumbers): CfNumbers {
  if (name !== 'lon' || !(values instanceof Float64Array)) return values;
  return values.map((value) => (value < 0 ? value + 360 : value));
}

/** A variable under its new names, without what is dropped. */
function renamed(variable: CfVariable, names: ReadonlyMap<string, string>): CfVariable {
  const rename = (text: string): string => names.get(text) ?? text;
  const attributes: Record<string, CfAttribute> = {};
  for (const [key, value] of Object.entries(variable.attributes)) {
    if (key === 'bounds') continue;
    const isReference = /^(coordinates|grid_mapping|formula_terms|fst_formula_terms|cell_methods)$/.test(key);
    attributes[key] =
      isReference && typeof value === 'string'
        ? value.replace(/[A-Za-z_][A-Za-z0-9_]*/g, (word) => rename(word))
        : value;
  }
  return { ...variable, name: rename(variable.name), dims: variable.dims.map(rename), attributes };
}

function asCoordinate(variable: CfVariable): CfVariable {
  const { data, dtype, name } = variable;
  if (dtype !== 'float64' || data.kind === 'planes' || WIDE.test(name)) return variable;
  const load = async (signal?: AbortSignal): Promise<CfValues> =>
    narrowed(eastern(name, (await loadValues(variable, signal)) as CfNumbers));
  return { ...variable, dtype: 'float32', data: { kind: 'lazy', load } };
}

function asField(variable: CfVariable): CfVariable {
  if (variable.dtype !== 'float32') return variable;
  return { ...variable, fill: MISSING, attributes: { ...variable.attributes, _FillValue: Float32Array.of(MISSING) } };
}

function converted(group: CfGroup, above: ReadonlyMap<string, string>): CfGroup {
  const names = new Map([...above, ...Object.entries(RENAMED), ...Object.entries(planeNames(group))]);
  const kept = group.variables.filter(({ name }) => !SUBORDINATE.test(name));
  const variables = kept.map((variable) =>
    variable.data.kind === 'planes' ? asField(renamed(variable, names)) : asCoordinate(renamed(variable, names)),
  );
  const groups = group.groups.map((child) => converted(child, names));
  const dims = group.dims
    .filter(({ name }) => !['nv', 'bnds'].includes(name))
    .map((dim) => ({ ...dim, name: names.get(dim.name) ?? dim.name }));
  return { ...group, variables, groups, dims };
}

export const asFstd2nc = (dataset: CfDataset): CfDataset => converted(dataset, new Map());
