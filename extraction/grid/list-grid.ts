/** Grids given as lists of places: stations, point clouds, single points and triangular meshes; and the door to curvilinear ones. */
import { FeatureError } from '../../schemas/problem.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import type { NearestPoints } from './closest.js';
import { CurvilinearGrid, looksCurvilinear } from './curvilinear-grid.js';
import type { Grid, Places } from './grid-type.js';
import { Mesh } from './mesh.js';
import { KdTree } from './nearest.js';
import { decodePoint } from './params.js';
import { nearestInTree, PlacesGrid } from './places.js';
import { wrap180 } from './sphere.js';
import { type Weights, WeightsBuilder } from './weights.js';

class ScatteredGrid extends PlacesGrid implements Grid {
  readonly kind = 'scattered';
  #tree: KdTree | undefined;
  #mesh: Mesh | undefined;

  async locate(lat: Float64Array): Promise<Float64Array> {
    return new Float64Array(2 * lat.length).fill(Number.NaN);
  }

  async nearest(lat: Float64Array, lon: Float64Array): Promise<NearestPoints> {
    this.#tree ??= new KdTree(this.places.lat, this.places.lon);
    const out = nearestInTree(this.#tree, lat, lon);
    out.inside.fill(1);
    return out;
  }

  async bilinear(lat: Float64Array, lon: Float64Array): Promise<Weights> {
    if (!this.def.triangles) {
      const builder = new WeightsBuilder(lat.length);
      for (let n = 0; n < lat.length; n++) builder.next(true);
      return builder.finish();
    }
    this.#mesh ??= new Mesh(this.places, this.def.triangles);
    return this.#mesh.weights(lat, lon, (await this.nearest(lat, lon)).point);
  }
}

const LISTS = new Set(['Y', 'X', 'O', 'M', 'T', 'W']);

function placesOf(def: GridDef): Places {
  const size = def.ni * def.nj;
  if (def.grtyp === '+') {
    const { lat, lon } = decodePoint(def.ig);
    return { lat: new Float64Array(size).fill(lat), lon: new Float64Array(size).fill(wrap180(lon)) };
  }
  if (!LISTS.has(def.grtyp) || def.ax?.length !== size || def.ay?.length !== size) {
    const known = LISTS.has(def.grtyp) ? 'has no latitudes and longitudes of its own shape' : 'has no geometry here';
    throw new FeatureError(
      'unsupported_grid',
      `A grid of type '${def.grtyp}' ${known}; its values can be read by index only.`,
    );
  }
  return { lat: def.ay, lon: def.ax.map(wrap180) };
}

/** Grid of a definition that lists its places. Throws `unsupported_grid` for letters that do not. */
export function openListGrid(def: GridDef, id: string): Grid {
  const places = placesOf(def);
  const ordered = def.ni > 1 && def.nj > 1 && !def.triangles;
  if (ordered && (def.grtyp === 'O' || looksCurvilinear(def.ni, def.nj, places))) {
    return new CurvilinearGrid(def, id, places);
  }
  return new ScatteredGrid(def, id, places);
}
