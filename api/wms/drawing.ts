/** A picture under way, the colours of its lines, and lattices of places that stay where they are when the map is moved. */

import type { Picture } from '../../extraction/maps/pixel-map.js';
import { type MapBox, type PlacesOnMap, unproject } from '../../extraction/maps/reproject.js';
import { type Canvas, type Colour, colourOf } from '../../formats/render/canvas.js';
import type { MapDeps } from './deps.js';
import type { Look } from './map-request.js';
import type { WmsQuery } from './query.js';

export interface Drawing {
  readonly deps: MapDeps;
  readonly query: WmsQuery;
  readonly picture: Picture;
  readonly look: Look;
  readonly canvas: Canvas;
}

export interface Inks {
  readonly line: Colour;
  readonly text: Colour;
  readonly halo: Colour;
  readonly high: Colour;
  readonly low: Colour;
}

const INKS: Readonly<Record<Look['theme'], Inks>> = {
  light: {
    line: colourOf('#13212b', 0.78),
    text: colourOf('#13212b'),
    halo: colourOf('#ffffff', 0.78),
    high: colourOf('#1d4f91'),
    low: colourOf('#b3261e'),
  },
  dark: {
    line: colourOf('#e9eff2', 0.82),
    text: colourOf('#f4f8fa'),
    halo: colourOf('#0b1116', 0.72),
    high: colourOf('#8ab8ff'),
    low: colourOf('#ff8f85'),
  },
};

export const inksOf = ({ theme }: Look): Inks => INKS[theme];

/** Size of a pixel in units of the plane. */
export function pixelSize(box: MapBox, width: number, height: number): readonly [x: number, y: number] {
  return [(box.maxx - box.minx) / width, (box.maxy - box.miny) / height];
}

export interface PlaceLattice {
  readonly columns: number;
  readonly rows: number;
  readonly places: PlacesOnMap;
  /** pixels: of the first column and row, and from one to the next */
  readonly x: number;
  readonly y: number;
  readonly step: number;
  /** number of the first column and row in the lattice of the whole plane */
  readonly firstColumn: number;
  readonly firstRow: number;
}

/**
 * Places every `step` pixels at multiples of that distance in the plane, from `margin` places outside the picture on.
 * `stagger` moves every other row of the plane by half a step.
 */
export function placeLattice(picture: Picture, step: number, margin: number, stagger = false): PlaceLattice {
  const { crs, box, width, height } = picture;
  const [px, py] = pixelSize(box, width, height);
  const [dx, dy] = [step * px, step * py];
  const firstColumn = Math.floor(box.minx / dx) - margin;
  const columns = Math.ceil(box.maxx / dx) + margin - firstColumn + 1;
  // rows count downwards in the picture
  const firstRow = Math.floor(-box.maxy / dy) - margin;
  const rows = Math.ceil(-box.miny / dy) + margin - firstRow + 1;
  const lat = new Float64Array(columns * rows);
  const lon = new Float64Array(columns * rows);
  for (let j = 0; j < rows; j++) {
    const shift = stagger && (firstRow + j) % 2 !== 0 ? 0.5 : 0;
    for (let i = 0; i < columns; i++) {
      const [a, b] = unproject(crs, (firstColumn + i + shift) * dx, -(firstRow + j) * dy);
      lat[j * columns + i] = a;
      lon[j * columns + i] = b;
    }
  }
  return {
    columns,
    rows,
    places: { lat, lon },
    x: (firstColumn * dx - box.minx) / px,
    y: (firstRow * dy + box.maxy) / py,
    step,
    firstColumn,
    firstRow,
  };
}
