/**
 * Regions on Yin-Yang grids: each panel is searched as a projected grid of its own, then only owned points are kept. Which
 * points are owned depends on the grid alone and is found once: an index rectangle for Yin; for Yang what lies outside the
 * core of Yin, by the same marking with the outline of that core.
 */
import type { Operations, RegionGrid } from './grid-view.js';
import { BoundaryMarker } from './marking.js';
import { toRotated } from './rotation.js';
import { regionFromMarks } from './runs.js';
import { line } from './shape.js';
import { concatenate, intersect, SpanBuilder, type Spans } from './spans.js';
import type { Tiles } from './tiles.js';

/** Core of a panel in its rotated frame, degrees, edges included. */
const CORE = { west: 45, east: 315, south: -45, north: 45 } as const;
const SLACK = 1e-9;

export interface OwnedSpans {
  readonly yin: Spans;
  readonly yang: Spans;
}

function yinOwned(grid: RegionGrid): Spans {
  const { yin, yinAxes } = grid.panels!;
  const builder = new SpanBuilder();
  const inside = (value: number, low: number, high: number): boolean => value >= low - SLACK && value <= high + SLACK;
  for (let j = 0; j < yin.nj; j++) {
    if (!inside(yinAxes.lat[j]!, CORE.south, CORE.north)) continue;
    for (let i = 0; i < yin.ni; i++) {
      const lon = ((yinAxes.lon[i]! % 360) + 360) % 360;
      if (inside(lon, CORE.west, CORE.east)) builder.add(j * yin.ni + i, 1);
    }
  }
  return builder.finish();
}

/** Owned points of both panels, in the offsets of each panel. */
export async function ownedSpans(grid: RegionGrid, yangTiles: Tiles, operations: Operations): Promise<OwnedSpans> {
  const { yang, yinFrame } = grid.panels!;
  const marker = new BoundaryMarker(yang, yangTiles, operations);
  await marker.mark([
    line(CORE.south, CORE.west, CORE.south, CORE.east, yinFrame),
    line(CORE.north, CORE.west, CORE.north, CORE.east, yinFrame),
    line(CORE.south, CORE.west, CORE.north, CORE.west, yinFrame),
    line(CORE.south, CORE.east, CORE.north, CORE.east, yinFrame),
  ]);
  const rotated = new Float64Array(2);
  const outsideCore = (lat: Float64Array, lon: Float64Array): Uint8Array => {
    const out = new Uint8Array(lat.length);
    for (let p = 0; p < lat.length; p++) {
      toRotated(yinFrame, lat[p]!, lon[p]!, rotated);
      const rlon = (rotated[1]! + 360) % 360;
      const inCore =
        Math.abs(rotated[0]!) <= CORE.north + SLACK && rlon >= CORE.west - SLACK && rlon <= CORE.east + SLACK;
      out[p] = inCore ? 0 : 1;
    }
    return out;
  };
  return { yin: yinOwned(grid), yang: await regionFromMarks(yang, marker.marks, outsideCore, operations) };
}

/** Region of both panels in the offsets of the whole grid: Yin rows, then Yang rows. */
export function joinPanels(grid: RegionGrid, yin: Spans, yang: Spans, owned: OwnedSpans): Spans {
  const shift = grid.panels!.yin.ni * grid.panels!.yin.nj;
  return concatenate(intersect(yin, owned.yin), intersect(yang, owned.yang), shift);
}
