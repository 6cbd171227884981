/** The map: panes, layers and pointer of one Leaflet map, made anew when the projection changes. Knows nothing of the state. */
import L from 'leaflet';
import type { Crs, Feature, LatLon, View } from '../state/state.js';
import { type CoastColours, CoastLayer } from './coast.js';
import { CRS_OF, projectedBox } from './crs.js';
import { DrawLayer } from './draw-layer.js';
import { FillStack } from './fill.js';
import { LongPress } from './long-press.js';
import { PictureLayer } from './picture.js';

export interface MapEvents {
  readonly view: (view: View) => void;
  readonly click: (at: LatLon) => void;
  readonly doubleClick: () => void;
  /** a corner of the shape was moved or removed */
  readonly change: (feature: Feature) => void;
  /** right click or long press */
  readonly menu: (at: LatLon, x: number, y: number) => void;
  /** pointer over a place, at a position in the map; undefined when it leaves */
  readonly hover: (at: LatLon | undefined, x: number, y: number) => void;
}

const MAX_ZOOM = 12;
const PANES: readonly (readonly [name: string, z: number])[] = [
  ['cells', 300],
  ['lines', 350],
  ['drawing', 450],
  ['handles', 620],
];

/** Points along the edge of a box, for bounds that hold in any projection. */
function edgeOf([w, s, e, n]: readonly [number, number, number, number]): LatLon[] {
  const east = e < w ? e + 360 : e;
  const at = (k: number): number => k / 24;
  return Array.from({ length: 25 }, (_, k) => k).flatMap((k): LatLon[] => [
    [s, w + (east - w) * at(k)],
    [n, w + (east - w) * at(k)],
    [s + (n - s) * at(k), w],
    [s + (n - s) * at(k), east],
  ]);
}

export class MapView {
  readonly #element: HTMLElement;
  readonly #events: MapEvents;
  #map: L.Map | undefined;
  #crs: Crs | undefined;
  #coast: CoastLayer | undefined;
  fill: FillStack | undefined;
  lines: PictureLayer | undefined;
  drawing: DrawLayer | undefined;

  readonly #press: LongPress;

  constructor(element: HTMLElement, events: MapEvents) {
    this.#press = new LongPress(element, (x, y) => this.#held(x, y));
    this.#element = element;
    this.#events = events;
  }

  get leaflet(): L.Map | undefined {
    return this.#map;
  }

  get crs(): Crs | undefined {
    return this.#crs;
  }

  /** Makes the map in a projection; the view is kept when none is given. */
  use(crs: Crs, view: View | undefined, colours: CoastColours): void {
    if (this.#crs === crs) return;
    const kept = view ?? this.#view();
    this.#map?.remove();
    this.#crs = crs;
    const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const map = L.map(this.#element, {
      crs: CRS_OF[crs],
      zoomControl: false,
      attributionControl: false,
      doubleClickZoom: false,
      zoomSnap: 0.25,
      zoomDelta: 0.75,
      maxZoom: MAX_ZOOM,
      minZoom: 0,
      inertia: !reduced,
      zoomAnimation: !reduced,
      fadeAnimation: false,
      worldCopyJump: crs !== '5937',
    });
    this.#map = map;
    for (const [name, z] of PANES) map.createPane(name).style.zIndex = String(z);
    map.setView([kept?.lat ?? 50, kept?.lon ?? -90], kept?.zoom ?? 2, { animate: false });
    this.fill = new FillStack(map);
    this.#coast = new CoastLayer(colours);
    this.lines = new PictureLayer();
    map.addLayer(this.#coast);
    map.addLayer(this.lines);
    this.drawing = new DrawLayer(map, this.#events.change);
    this.#listen(map);
  }

  #listen(map: L.Map): void {
    const place = ({ lat, lng }: L.LatLng): LatLon => [lat, ((((lng + 180) % 360) + 360) % 360) - 180];
    map.on('moveend', () => {
      const view = this.#view();
      if (view !== undefined) this.#events.view(view);
    });
    map.on('click', ({ latlng }) => {
      if (!this.#press.taken()) this.#events.click(place(latlng));
    });
    map.on('dblclick', () => this.#events.doubleClick());
    map.on('contextmenu', ({ latlng, containerPoint: { x, y } }) => this.#events.menu(place(latlng), x, y));
    map.on('zoomstart movestart', () => this.#press.drop());
    map.on('mousemove', ({ latlng, containerPoint: { x, y } }) => {
      this.drawing?.move(place(latlng));
      this.#events.hover(place(latlng), x, y);
    });
    map.on('mouseout movestart', () => this.#events.hover(undefined, 0, 0));
  }

  recolour(colours: CoastColours): void {
    this.#coast?.recolour(colours);
  }

  #view(): View | undefined {
    if (this.#map === undefined) return undefined;
    const { lat, lng } = this.#map.getCenter();
    return { lat, lon: lng, zoom: this.#map.getZoom() };
  }

  setView({ lat, lon, zoom }: View): void {
    this.#map?.setView([lat, lon], zoom, { animate: false });
  }

  zoomBy(steps: number): void {
    this.#map?.setZoom(this.#map.getZoom() + steps * 0.75);
  }

  /** A finger held still on the map. */
  #held(x: number, y: number): void {
    const { lat, lng } = this.#map!.containerPointToLatLng([x, y]);
    this.#events.menu([lat, lng], x, y);
  }

  resized(): void {
    this.#map?.invalidateSize({ animate: false });
  }

  middle(): LatLon {
    const { lat, lng } = this.#map!.getCenter();
    return [lat, lng];
  }

  /** The view that shows a box (west, south, east, north) whole. */
  viewOf(box: readonly [number, number, number, number]): View {
    const map = this.#map!;
    const size = map.getSize();
    const points = edgeOf(box).map(([lat, lon]) => map.project(L.latLng(Math.max(-85, Math.min(89.9, lat)), lon), 0));
    const bounds = L.bounds(points);
    const span = bounds.getSize();
    const zoom = Math.log2(Math.min((size.x * 0.96) / span.x, (size.y * 0.96) / span.y));
    const { lat, lng } = map.unproject(bounds.getCenter(), 0);
    return { lat, lon: lng, zoom: Math.max(0, Math.min(MAX_ZOOM, Math.floor(zoom * 4) / 4)) };
  }

  /** Kilometres of one pixel at the middle. */
  kmPerPixel(): number {
    const map = this.#map!;
    const middle = map.getSize().divideBy(2);
    const ends = [-5, 5].map((dx) => map.containerPointToLatLng(middle.add([dx, 0])));
    return map.distance(ends[0]!, ends[1]!) / 10_000;
  }

  /** Kilometres from the middle to the farthest corner. */
  reachKm(): number {
    const map = this.#map!;
    const { x, y } = map.getSize();
    const corners: L.PointTuple[] = [
      [0, 0],
      [x, 0],
      [0, y],
      [x, y],
    ];
    const far = corners.map((corner) => map.distance(map.getCenter(), map.containerPointToLatLng(corner)));
    return Math.max(...far) / 1000;
  }

  /** GetFeatureInfo keys of a place of the map: a small box around its pixel. */
  infoQuery(at: LatLon): Record<string, string> {
    const map = this.#map!;
    const pixel = map.project(L.latLng(at[0], at[1]), map.getZoom());
    const half = L.point(50.5, 50.5);
    const box = projectedBox(map, pixel.subtract(half), pixel.add(half));
    return { CRS: map.options.crs!.code!, BBOX: box.join(','), WIDTH: '101', HEIGHT: '101', I: '50', J: '50' };
  }

  /** Position of a place in the map, pixels. */
  positionOf(at: LatLon): readonly [x: number, y: number] {
    const { x, y } = this.#map!.latLngToContainerPoint(L.latLng(at[0], at[1]));
    return [x, y];
  }
}
