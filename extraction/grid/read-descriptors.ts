/** What the values of descriptor records say: tiles, lists, triangles, the two panels of a U grid, and affine maps onto a projection. */
import { FeatureError } from '../../schemas/problem.js';
import type { GridDef } from '../../schemas/vocabulary.js';
import { encodeE } from './encode-params.js';

type Base = Pick<GridDef, 'grtyp' | 'ni' | 'nj' | 'ig'>;

const failure = (why: string): FeatureError => new FeatureError('grid_error', why);

/** Axes of a tile that starts at parent column i0 and row j0 (1-based). */
export function cutTile(
  ax: Float64Array,
  ay: Float64Array,
  i0: number,
  j0: number,
  ni: number,
  nj: number,
): { readonly ax: Float64Array; readonly ay: Float64Array } {
  return { ax: ax.slice(i0 - 1, i0 - 1 + ni), ay: ay.slice(j0 - 1, j0 - 1 + nj) };
}

/** Explicit places. A Z with two-dimensional descriptors is a Y in all but name. */
export function listGrid(base: Base, lon: Float64Array, lat: Float64Array): GridDef {
  return { ...base, grtyp: base.grtyp === 'Z' ? 'Y' : base.grtyp, ax: lon, ay: lat };
}

/** Node numbers of triangles, 0-based; files that count from 1 show it by naming node ni and never node 0. Throws `grid_error`. */
export function trianglesOf(numbers: Float64Array, nodes: number): Uint32Array {
  if (numbers.length % 3 !== 0) throw failure(`The ## record has ${numbers.length} numbers, which make no triangles.`);
  let least = Infinity;
  let most = 0;
  for (const node of numbers) {
    least = Math.min(least, node);
    most = Math.max(most, node);
  }
  const first = least >= 1 && most === nodes ? 1 : 0;
  if (most - first >= nodes || least < first) {
    throw failure(`The ## record names node ${most} of a mesh of ${nodes} nodes.`);
  }
  return Uint32Array.from(numbers, (node) => node - first);
}

const HEAD = 5;
const BLOCK_HEAD = 10;

/** Panels of a U grid from its `^>` record, or undefined when they do not make up the field's shape. */
export function panelsGrid(base: Base, numbers: Float64Array): GridDef | undefined {
  const panels: GridDef[] = [];
  let at = HEAD;
  for (let p = 0; p < 2; p++) {
    const ni = numbers[at]!;
    const nj = numbers[at + 1]!;
    if (ni !== base.ni || 2 * nj !== base.nj || numbers.length < at + BLOCK_HEAD + ni + nj) return undefined;
    const [lat1, lon1, lat2, lon2] = numbers.subarray(at + 6, at + BLOCK_HEAD) as unknown as [
      number,
      number,
      number,
      number,
    ];
    const ax = numbers.slice(at + BLOCK_HEAD, at + BLOCK_HEAD + ni);
    const ay = numbers.slice(at + BLOCK_HEAD + ni, at + BLOCK_HEAD + ni + nj);
    // the rotation goes through its packed form, as it does in the programs that read and write these files
    const ref = { grtyp: 'E', ig: encodeE(lat1, lon1, lat2, lon2) };
    panels.push({ grtyp: 'Z', ni, nj, ig: [0, 0, 0, 0], ref, ax, ay });
    at += BLOCK_HEAD + ni + nj;
  }
  return { ...base, panels: [panels[0]!, panels[1]!] };
}

const MOST_AFFINE_POINTS = 4e7;

/** Longitudes and latitudes of a W grid: index to plane by six numbers, plane to sphere by the projection of the PROJ record. */
export async function affineGrid(base: Base, text: Float64Array, matrix: Float64Array): Promise<GridDef> {
  const size = base.ni * base.nj;
  if (matrix.length < 6 || size > MOST_AFFINE_POINTS)
    throw failure('The MTRX record of a W grid does not hold six numbers.');
  const wkt = String.fromCharCode(...text)
    .replace(/\0+$/, '')
    .trim();
  const inverse = await inverseOf(wkt);
  const [m0, m1, m2, m3, m4, m5] = matrix as unknown as [number, number, number, number, number, number];
  const ax = new Float64Array(size);
  const ay = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const x = k % base.ni;
    const y = (k - x) / base.ni;
    const [lon, lat] = inverse([m0 + m1 * x + m2 * y, m3 + m4 * x + m5 * y]);
    ax[k] = lon;
    ay[k] = lat;
  }
  return { ...base, ax, ay };
}

type Inverse = (point: [number, number]) => [number, number];

async function inverseOf(wkt: string): Promise<Inverse> {
  // a large package that few files need
  const { default: proj4 } = await import('proj4');
  try {
    const { inverse } = proj4(wkt);
    return (point) => inverse(point) as [number, number];
  } catch (cause) {
    throw new FeatureError('unsupported_grid', `The projection of a W grid is not understood: ${wkt.slice(0, 80)}.`, {
      cause,
    });
  }
}
