/**
 * Grids as the rest of the service sees them: positions, inverse, nearest points, interpolation weights and wind angles of
 * any GridDef. Opened once for each content (identity.ts) and kept; cost is proportional to the points asked for, except for
 * grids that are lists of points, which are indexed once.
 */
import { FeatureError } from '../../schemas/problem.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { tensorAxes } from './axes.js';
import type { Grid } from './grid-type.js';
import { gridId } from './identity.js';
import { openListGrid } from './list-grid.js';
import { PanelsGrid } from './panels-grid.js';
import { TensorGrid } from './tensor-grid.js';

export type { NearestPoints } from './closest.js';
export type { Grid, GridKind, Places } from './grid-type.js';
export type { Weights } from './weights.js';

const CAPACITY = 64;
/** Longer axes come from damaged headers. */
const LONGEST_AXIS = 2 ** 24;
const opened = new Map<string, Grid>();

function open(def: GridDef, id: string): Grid {
  if (!(def.ni >= 1 && def.nj >= 1)) {
    throw new FeatureError('grid_error', `A grid of ${def.ni} x ${def.nj} points is empty.`);
  }
  if (def.ni > LONGEST_AXIS || def.nj > LONGEST_AXIS || def.ni * def.nj >= 2 ** 32) {
    throw new FeatureError('grid_error', `A grid of ${def.ni} x ${def.nj} points is refused; its record is damaged.`);
  }
  if (def.grtyp === 'U') return new PanelsGrid(def, id, openGrid);
  const axes = tensorAxes(def);
  return axes ? new TensorGrid(def, id, axes) : openListGrid(def, id);
}

/**
 * The grid of a definition; the same object for equal content while it is kept (64 grids, least recently used out first).
 * Throws `unsupported_grid` for letters without geometry here, `grid_error` for impossible parameters.
 */
export function openGrid(def: GridDef): Grid {
  const id = gridId(def);
  let grid = opened.get(id);
  if (grid) opened.delete(id);
  else grid = open(def, id);
  opened.set(id, grid);
  if (opened.size > CAPACITY) opened.delete(opened.keys().next().value!);
  return grid;
}
