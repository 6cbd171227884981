/** Coastlines, borders and a graticule, stroked over the data. Lines come as TopoJSON, small ones first, fine ones when idle. */
import L from 'leaflet';
import { mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import fine from 'world-atlas/countries-50m.json?url';
import coarse from 'world-atlas/countries-110m.json?url';
import { CanvasLayer } from './canvas-layer.js';
import type { Frame } from './viewport-layer.js';

/** A line: longitude and latitude by turns. */
type Line = Float64Array;

interface Lines {
  readonly coast: readonly Line[];
  readonly borders: readonly Line[];
}

type World = Topology<{ countries: GeometryCollection }>;

const isCut = (lon: number): boolean => Math.abs(lon) > 179.99;

function linesOf(world: World, keep: (same: boolean) => boolean): Line[] {
  const { coordinates } = mesh(world, world.objects.countries as never, (one, other) => keep(one === other));
  return coordinates.map((line) => Float64Array.from(line.flat()));
}

const loads = new Map<string, Promise<Lines>>();

function load(url: string): Promise<Lines> {
  const known = loads.get(url);
  if (known !== undefined) return known;
  const made = fetch(url)
    .then((answer) => answer.json() as Promise<World>)
    .then((world) => ({ coast: linesOf(world, (same) => same), borders: linesOf(world, (same) => !same) }));
  loads.set(url, made);
  made.catch(() => loads.delete(url));
  return made;
}

function graticule(): Line[] {
  const lines: number[][] = [];
  for (let lon = -180; lon < 180; lon += 15) {
    lines.push(Array.from({ length: 79 }, (_, n) => [lon, -78 + 2 * n]).flat());
  }
  for (let lat = -80; lat <= 80; lat += 10)
    lines.push(Array.from({ length: 181 }, (_, n) => [-180 + 2 * n, lat]).flat());
  return lines.map((line) => Float64Array.from(line));
}

const GRATICULE = graticule();

export interface CoastColours {
  readonly line: string;
  readonly halo: string;
  readonly border: string;
  readonly grid: string;
}

/** Lines in units of the projection; the cut of the world map along 180 degrees is marked by NaN. */
function project(lines: readonly Line[], crs: L.CRS): Float64Array[] {
  return lines.map((line) => {
    const out = new Float64Array(line.length);
    for (let n = 0; n < line.length; n += 2) {
      const point = crs.project(L.latLng(Math.max(-85, Math.min(90, line[n + 1]!)), line[n]!));
      const cut = n > 0 && isCut(line[n]!) && isCut(line[n - 2]!);
      out[n] = cut ? Number.NaN : point.x;
      out[n + 1] = point.y;
    }
    return out;
  });
}

export class CoastLayer extends CanvasLayer {
  #lines: Lines = { coast: [], borders: [] };
  #projected: Record<keyof Lines | 'grid', readonly Float64Array[]> | undefined;
  #colours: CoastColours;

  constructor(colours: CoastColours) {
    super('lines');
    this.#colours = colours;
    const use = (lines: Lines): void => {
      this.#lines = lines;
      this.#projected = undefined;
      this.refresh();
    };
    void load(coarse).then(use, () => undefined);
    const idle = globalThis.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 600));
    setTimeout(() => idle(() => void load(fine).then(use, () => undefined)), 900);
  }

  recolour(colours: CoastColours): void {
    this.#colours = colours;
    this.refresh();
  }

  protected draw(frame: Frame, shown: () => void): void {
    const crs = this.map!.options.crs!;
    this.#projected ??= {
      coast: project(this.#lines.coast, crs),
      borders: project(this.#lines.borders, crs),
      grid: project(GRATICULE, crs),
    };
    const context = this.context(frame);
    context.lineJoin = 'round';
    const { coast, borders, grid } = this.#projected;
    const { line, halo, border, grid: faint } = this.#colours;
    this.#stroke(context, frame, grid, faint, 0.8);
    context.setLineDash([5, 4]);
    this.#stroke(context, frame, borders, border, 0.9);
    context.setLineDash([]);
    this.#stroke(context, frame, coast, halo, 2.6);
    this.#stroke(context, frame, coast, line, 1.1);
    shown();
  }

  #stroke(
    context: CanvasRenderingContext2D,
    frame: Frame,
    lines: readonly Float64Array[],
    colour: string,
    width: number,
  ): void {
    const crs = this.map!.options.crs!;
    const scale = crs.scale(frame.zoom);
    const { transformation } = crs as unknown as { transformation: { _a: number; _b: number; _c: number; _d: number } };
    const { _a: a, _b: b, _c: c, _d: d } = transformation;
    const [ax, bx] = [a * scale, b * scale - frame.origin.x];
    const [cy, dy] = [c * scale, d * scale - frame.origin.y];
    // copies of the world to both sides, where the projection repeats
    const turn = crs.wrapLng === undefined ? 0 : Math.abs(crs.project(L.latLng(0, 180)).x * 2 * ax);
    const shifts = turn === 0 ? [0] : [-turn, 0, turn];
    const [right, bottom] = [frame.size.x + 20, frame.size.y + 20];
    context.beginPath();
    for (const line of lines) {
      for (const shift of shifts) {
        let drawing = false;
        let [lastX, lastY] = [0, 0];
        for (let n = 0; n < line.length; n += 2) {
          const [x, y] = [ax * line[n]! + bx + shift, cy * line[n + 1]! + dy];
          // written so that the mark NaN ends a stroke too
          const near = x > -20 && x < right && y > -20 && y < bottom;
          const wasNear = lastX > -20 && lastX < right && lastY > -20 && lastY < bottom;
          const close = Math.abs(x - lastX) + Math.abs(y - lastY) < 4000;
          if (n > 0 && close && (near || wasNear)) {
            if (!drawing) context.moveTo(lastX, lastY);
            context.lineTo(x, y);
            drawing = true;
          } else drawing = false;
          [lastX, lastY] = [x, y];
        }
      }
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}
