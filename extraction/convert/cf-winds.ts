/** Winds to the true east and north of CF datasets, turned to the axes of the grid on which their records will stand. */
import type { CfVariable } from '../../formats/cf.js';
import { FeatureError } from '../../schemas/problem.js';
import { type Grid, openGrid } from '../grid/grid.js';
import { placedGrid, type ReadGrid } from './cf-grids.js';
import { type Scope, textOf } from './cf-scope.js';

const OTHER: Readonly<Record<string, string>> = { eastward_wind: 'northward_wind', northward_wind: 'eastward_wind' };

export interface WindTurn {
  readonly partner: CfVariable;
  /** the component along the axis of its name from both, missing where one is */
  turned(own: ArrayLike<number>, other: ArrayLike<number>): Promise<Float32Array>;
}

const letterOf = ({ keys, grid }: ReadGrid): string => grid?.def.ref?.grtyp ?? keys.grtyp ?? '';

async function rotationOf(grid: Grid): Promise<Float64Array> {
  return grid.rotation(Uint32Array.from({ length: grid.size }, (_, k) => k));
}

/**
 * What turns a variable; undefined for what is no such wind and for grids whose axes are true directions. Throws FeatureError
 * `unsupported_type` when the partner is not there or the grid has no rows and columns to turn to.
 */
export async function windTurn(
  scope: Scope,
  variable: CfVariable,
  grid: ReadGrid,
  shape: readonly [nj: number, ni: number],
): Promise<WindTurn | undefined> {
  const standard = textOf(variable, 'standard_name') ?? '';
  const wanted = OTHER[standard];
  if (wanted === undefined || variable.attributes['fst_nomvar'] !== undefined) return undefined;
  if (!'ENSZ'.includes(letterOf(grid))) return undefined;
  const placed = grid.grid ?? (await placedGrid(scope, variable, shape));
  if (!'ENS'.includes(placed.def.ref?.grtyp ?? placed.def.grtyp)) return undefined;
  const partner = scope.group.variables.find(
    (one) => textOf(one, 'standard_name') === wanted && one.dims.join() === variable.dims.join(),
  );
  if (partner === undefined) {
    throw new FeatureError(
      'unsupported_type',
      `it points to true east or north on a turned grid, and no ${wanted} of the same dimensions is beside it to turn it with.`,
    );
  }
  const isEast = standard === 'eastward_wind';
  let turns: Promise<Float64Array> | undefined;
  return {
    partner,
    async turned(own, other) {
      turns ??= rotationOf(openGrid(placed.def));
      const turn = await turns;
      return Float32Array.from({ length: own.length }, (_, k) => {
        const [c, s] = [turn[2 * k]!, turn[2 * k + 1]!];
        return isEast ? c * own[k]! + s * other[k]! : c * own[k]! - s * other[k]!;
      });
    },
  };
}
