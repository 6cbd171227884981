/**
 * Whether groups can stand below one that has fields of its own. Readers that open the whole tree inherit coordinates from above
 * and refuse a group whose dimension of the same name has other values, so such grids must stand side by side.
 */
import { type CfGroup, type CfVariable, groupsOf } from '../../formats/cf.js';

function coordinateOf(group: CfGroup, name: string): CfVariable | undefined {
  return group.variables.find((one) => one.name === name && one.dims.length === 1 && one.dims[0] === name);
}

/** Values and the unit that they count in; undefined for coordinates that are not at hand, which equal nothing. */
function contentOf(variable: CfVariable): { readonly units: string; readonly values: ArrayLike<unknown> } | undefined {
  const { data, attributes } = variable;
  return data.kind === 'values' ? { units: String(attributes['units'] ?? ''), values: data.values } : undefined;
}

function equalCoordinates(one: CfVariable | undefined, other: CfVariable | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const [a, b] = [contentOf(one), contentOf(other)];
  if (a === undefined || b === undefined || a.units !== b.units || a.values.length !== b.values.length) return false;
  for (let k = 0; k < a.values.length; k++) if (a.values[k] !== b.values[k]) return false;
  return true;
}

/** Whether a group and all below it agree with `upper` on every dimension that both define. */
export function isAligned(upper: CfGroup, lower: CfGroup): boolean {
  for (const { group } of groupsOf(lower)) {
    for (const { name, size } of group.dims) {
      const own = upper.dims.find((dim) => dim.name === name);
      if (own === undefined) continue;
      if (own.size !== size || !equalCoordinates(coordinateOf(upper, name), coordinateOf(group, name))) return false;
    }
  }
  return true;
}
