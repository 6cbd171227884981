/** Moving and removing the corners of a shape that is finished. Pure. */
import type { Box, Feature, LatLon } from '../state/state.js';

const tidy = ([lat, lon]: LatLon): LatLon => [Number(lat.toFixed(4)), Number(lon.toFixed(4))];
const put = <T>(list: readonly T[], index: number, value: T): readonly T[] =>
  list.map((one, n) => (n === index ? value : one));

/** Corner of a box, counted from the south-west against the clock; undefined when the box would turn over. */
function boxCorner([s, w, n, e]: Box, index: number, [lat, lon]: LatLon): Box | undefined {
  const isSouth = index < 2;
  const isWest = index === 0 || index === 3;
  const box: Box = [isSouth ? lat : s, isWest ? lon : w, isSouth ? n : lat, isWest ? e : lon];
  return box[0] < box[2] && box[1] !== box[3] ? box : undefined;
}

/** The shape with one of its corners (as outlineOf counts them) elsewhere; undefined when that makes none. */
export function moveCorner(feature: Feature, index: number, to: LatLon): Feature | undefined {
  const at = tidy(to);
  switch (feature.kind) {
    case 'pt':
    case 'circ':
      return { ...feature, at };
    case 'poly':
      return { ...feature, ring: put(feature.ring, index, at) };
    case 'track':
      return { ...feature, vertices: put(feature.vertices, index, { ...feature.vertices[index]!, at }) };
    case 'box': {
      const box = boxCorner(feature.box, index, at);
      return box && { ...feature, box };
    }
    case 'frame': {
      const isOuter = index < 4;
      const box = boxCorner(isOuter ? feature.outer : feature.inner, index % 4, at);
      if (box === undefined) return undefined;
      const frame = isOuter ? { ...feature, outer: box } : { ...feature, inner: box };
      const { outer, inner } = frame;
      const holds = inner[0] > outer[0] && inner[1] > outer[1] && inner[2] < outer[2] && inner[3] < outer[3];
      return holds ? frame : undefined;
    }
  }
}

/** The shape without a corner; undefined where it needs all that it has. */
export function removeCorner(feature: Feature, index: number): Feature | undefined {
  if (feature.kind === 'poly' && feature.ring.length > 3)
    return { ...feature, ring: feature.ring.filter((_, n) => n !== index) };
  if (feature.kind === 'track' && feature.vertices.length > 2)
    return { ...feature, vertices: feature.vertices.filter((_, n) => n !== index) };
  return undefined;
}
