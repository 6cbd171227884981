/** Points of the grid as small dots over the map. */
import L from 'leaflet';
import { CanvasLayer } from './canvas-layer.js';
import type { Frame } from './viewport-layer.js';

export interface GridPoints {
  readonly lat: ArrayLike<number>;
  readonly lon: ArrayLike<number>;
}

const RADIUS = 1.25;

export class GridPointsLayer extends CanvasLayer {
  #points: GridPoints = { lat: [], lon: [] };
  #colours: readonly [dot: string, halo: string] = ['#000', '#fff'];

  constructor() {
    super('lines');
  }

  show(points: GridPoints, dot: string, halo: string): void {
    this.#points = points;
    this.#colours = [dot, halo];
    this.refresh();
  }

  protected draw(frame: Frame, shown: () => void): void {
    const map = this.map!;
    const context = this.context(frame);
    const { lat, lon } = this.#points;
    const [dots, halos] = [new Path2D(), new Path2D()];
    let count = 0;
    for (let n = 0; n < lat.length; n++) {
      const { x, y } = map.project(L.latLng(lat[n]!, lon[n]!), frame.zoom).subtract(frame.origin);
      if (x < 0 || y < 0 || x > frame.size.x || y > frame.size.y) continue;
      dots.moveTo(x + RADIUS, y);
      dots.arc(x, y, RADIUS, 0, 2 * Math.PI);
      halos.moveTo(x + RADIUS + 0.8, y);
      halos.arc(x, y, RADIUS + 0.8, 0, 2 * Math.PI);
      count++;
    }
    context.fillStyle = this.#colours[1];
    context.fill(halos);
    context.fillStyle = this.#colours[0];
    context.fill(dots);
    this.canvas.dataset['points'] = String(count);
    shown();
  }
}
