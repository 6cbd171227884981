/**
 * Identity of a grid by content: two definitions with the same id have the same points, whatever tags their descriptors were
 * linked by (docs/formats/grids.md#identity).
 */
import { createHash, type Hash } from 'node:crypto';
import type { GridDef } from '../../schemas/vocabulary.js';

/** Letters whose ig1..ig4 are links to descriptors, not parameters. */
const LINKED = new Set(['Z', '#', 'Y', 'X', 'O', 'M', 'T', 'W', 'U']);

const known = new WeakMap<GridDef, string>();

// Axes come from float32 records almost always; their 4-byte form keeps ids independent of the type they were stored in.
function addAxis(hash: Hash, axis: Float64Array | undefined): void {
  if (!axis) return;
  const single = Float32Array.from(axis);
  const exact = axis.every((value, k) => Object.is(value, single[k]) || value === single[k]);
  const bytes = exact ? single : axis;
  hash.update(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function addGrid(hash: Hash, def: GridDef): void {
  const letter = def.grtyp === '#' ? 'Z' : def.grtyp;
  // hemisphere and direction are all that the global letters read
  const own = LINKED.has(def.grtyp) ? [] : 'ABG'.includes(letter) ? def.ig.slice(0, 2) : def.ig;
  const ref = def.ref && (letter === 'Z' ? [def.ref.grtyp, ...def.ref.ig] : []);
  hash.update(JSON.stringify([letter, def.ni, def.nj, own, ref ?? [], def.triangles?.length ?? 0]));
  addAxis(hash, def.ax);
  addAxis(hash, def.ay);
  if (def.triangles) {
    const { buffer, byteOffset, byteLength } = def.triangles;
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  for (const panel of def.panels ?? []) addGrid(hash, panel);
}

/** SHA-256 of the geometry, lower-case hex. */
export function gridId(def: GridDef): string {
  let id = known.get(def);
  if (!id) {
    const hash = createHash('sha256');
    addGrid(hash, def);
    id = hash.digest('hex');
    known.set(def, id);
  }
  return id;
}
