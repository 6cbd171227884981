/** What is drawn over the map by hand: the shape chosen, the one that is being drawn, and where they are wrong. */
import L from 'leaflet';
import { densify, distanceKm, ringCrossing } from '../geo/sphere.js';
import type { Feature, FeatureKind, LatLon } from '../state/state.js';
import { Handles } from './handles.js';
import { CLICKS, outlineOf, shapeOf, type TrackDefaults } from './shapes.js';

const toLatLng = ([lat, lon]: LatLon): L.LatLngTuple => [lat, lon];

export class DrawLayer {
  readonly #group = L.layerGroup();
  readonly #renderer = L.svg({ pane: 'drawing', padding: 0.3 });
  #clicks: LatLon[] = [];
  #pointer: LatLon | undefined;
  #kind: FeatureKind | undefined;
  #feature: Feature | undefined;
  #hollow = false;
  readonly #handles: Handles;

  constructor(map: L.Map, change: (feature: Feature) => void) {
    this.#group.addTo(map);
    this.#handles = new Handles(map, {
      change,
      preview: (feature) => {
        this.#group.clearLayers();
        this.#drawFeature(feature);
      },
    });
  }

  get clicks(): readonly LatLon[] {
    return this.#clicks;
  }

  /** Starts drawing anew with a tool, or stops. */
  use(kind: FeatureKind | undefined): void {
    this.#kind = kind;
    this.#clicks = [];
    this.#draw();
    this.#showHandles();
  }

  /** Shows a shape; `hollow` marks a point that has no values. */
  show(feature: Feature | undefined, hollow: boolean): void {
    this.#feature = feature;
    this.#hollow = hollow;
    this.#draw();
    this.#showHandles();
  }

  move(at: LatLon | undefined): void {
    this.#pointer = at;
    if (this.#clicks.length > 0) this.#draw();
  }

  back(): void {
    this.#clicks.pop();
    this.#draw();
  }

  /** Takes a click of a tool; the shape when it is finished by it. */
  click(at: LatLon, track: TrackDefaults): Feature | undefined {
    const kind = this.#kind;
    if (kind === undefined) return undefined;
    this.#clicks.push(at);
    const feature = this.#clicks.length >= CLICKS[kind][1] ? this.finish(track) : undefined;
    this.#draw();
    return feature;
  }

  /** The shape of the clicks so far, if they make one; drawing starts anew then. */
  finish(track: TrackDefaults): Feature | undefined {
    const kind = this.#kind;
    if (kind === undefined) return undefined;
    // the clicks of a double click are one corner
    const corners = this.#clicks.filter((at, n) => n === 0 || distanceKm(this.#clicks[n - 1]!, at) > 1e-3);
    const feature = shapeOf(kind, corners, track);
    if (feature !== undefined || this.#clicks.length >= CLICKS[kind][1]) this.#clicks = [];
    return feature;
  }

  #draw(): void {
    this.#group.clearLayers();
    if (this.#clicks.length > 0) this.#drawClicks();
    else if (this.#feature !== undefined) this.#drawFeature(this.#feature);
  }

  /** None while another shape is drawn: they would take its clicks. */
  #showHandles(): void {
    this.#handles.show(this.#kind === undefined ? this.#feature : undefined);
  }

  #drawFeature(feature: Feature): void {
    const { paths, corners, filled } = outlineOf(feature);
    const crossed = feature.kind === 'poly' && ringCrossing(feature.ring) !== undefined;
    if (filled) {
      const rings = paths.map((path) => path.map(toLatLng));
      this.#add(L.polygon(rings, this.#path(`shape${crossed ? ' wrong' : ''}`)));
    } else {
      for (const path of paths) {
        this.#add(L.polyline(path.map(toLatLng), this.#path('shape line under', false)));
        this.#add(L.polyline(path.map(toLatLng), this.#path('shape line', false)));
      }
    }
    const isPoint = feature.kind === 'pt';
    for (const at of corners)
      this.#corner(at, isPoint ? `spot${this.#hollow ? ' hollow' : ''}` : 'corner', isPoint ? 8 : 5);
  }

  #drawClicks(): void {
    const points = this.#pointer === undefined ? this.#clicks : [...this.#clicks, this.#pointer];
    const kind = this.#kind!;
    const preview = shapeOf(kind, points, { start: 0, levels: [] });
    if (preview === undefined || kind === 'poly') {
      const path = densify(points, false);
      this.#add(L.polyline(path.map(toLatLng), this.#path('shape line draft', false)));
      if (kind === 'poly' && points.length > 2) {
        const wrong = ringCrossing(points) === undefined ? '' : ' wrong';
        this.#add(L.polygon(densify(points, true).map(toLatLng), this.#path(`shape draft${wrong}`)));
      }
    } else {
      const { paths, filled } = outlineOf(preview);
      const rings = paths.map((path) => path.map(toLatLng));
      this.#add(
        filled ? L.polygon(rings, this.#path('shape draft')) : L.polyline(rings, this.#path('shape line draft', false)),
      );
    }
    for (const at of this.#clicks) this.#corner(at, 'corner', 5);
  }

  #path(className: string, fill = true): L.PolylineOptions {
    return { renderer: this.#renderer, className, interactive: false, noClip: true, smoothFactor: 0.5, fill };
  }

  #corner(at: LatLon, className: string, radius: number): void {
    this.#add(L.circleMarker(toLatLng(at), { renderer: this.#renderer, className, radius, interactive: false }));
  }

  #add(layer: L.Layer): void {
    this.#group.addLayer(layer);
  }
}
