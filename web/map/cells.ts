/** Points of an answer as coloured cells on the map. */
import L from 'leaflet';
import { CanvasLayer } from './canvas-layer.js';
import type { Frame } from './viewport-layer.js';

export interface Points {
  readonly lat: ArrayLike<number>;
  readonly lon: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Degrees between the rows of a grid of parallels; next to nothing for any other, whose points all differ in latitude. */
function rowSpacing(lat: ArrayLike<number>): number {
  const rows = [...new Set(Array.from(lat))].sort((one, other) => one - other);
  if (rows.length < 2 || rows.length > lat.length / 2) return 0;
  return (rows.at(-1)! - rows[0]!) / (rows.length - 1);
}

export class CellsLayer extends CanvasLayer {
  #points: Points | undefined;
  #spacing = 0.1;
  #colour: (value: number) => string | undefined = () => undefined;

  constructor() {
    super('cells');
  }

  /** `spacing`: distance of grid points, degrees of arc. */
  show(points: Points, spacing: number, colour: (value: number) => string | undefined): void {
    this.#points = points;
    this.#spacing = Math.max(spacing, rowSpacing(points.lat));
    this.#colour = colour;
    this.refresh();
  }

  protected draw(frame: Frame, shown: () => void): void {
    const map = this.map!;
    const context = this.context(frame);
    const points = this.#points;
    for (let n = 0; n < (points?.values.length ?? 0); n++) {
      const colour = this.#colour(points!.values[n]!);
      if (colour === undefined) continue;
      const [lat, lon] = [points!.lat[n]!, points!.lon[n]!];
      const at = map.project(L.latLng(lat, lon), frame.zoom).subtract(frame.origin);
      if (at.x < -30 || at.y < -30 || at.x > frame.size.x + 30 || at.y > frame.size.y + 30) continue;
      const north = map.project(L.latLng(Math.min(89.9, lat + this.#spacing), lon), frame.zoom).subtract(frame.origin);
      const half = Math.max(1.5, at.distanceTo(north) * 0.6);
      context.fillStyle = colour;
      context.beginPath();
      context.arc(at.x, at.y, half, 0, 2 * Math.PI);
      context.fill();
    }
    shown();
  }
}
