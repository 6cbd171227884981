/** Buttons over the corners of a shape: dragged, or moved by arrow keys (one pixel, ten with Shift) and removed by Delete. */
import L from 'leaflet';
import { placeText } from '../geo/sphere.js';
import type { Feature, LatLon } from '../state/state.js';
import { moveCorner, removeCorner } from './corners.js';
import { outlineOf } from './shapes.js';

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

export interface HandleEvents {
  /** a corner is being dragged */
  readonly preview: (feature: Feature) => void;
  readonly change: (feature: Feature) => void;
}

export class Handles {
  readonly #map: L.Map;
  readonly #group = L.layerGroup();
  readonly #events: HandleEvents;
  #focused: number | undefined;

  constructor(map: L.Map, events: HandleEvents) {
    this.#map = map;
    this.#events = events;
    this.#group.addTo(map);
  }

  show(feature: Feature | undefined): void {
    const focused = this.#focused;
    this.#group.clearLayers();
    this.#focused = focused;
    if (feature === undefined || feature.kind === 'pt') return;
    for (const [index, at] of outlineOf(feature).corners.entries()) {
      const handle = this.#handle(feature, index, at);
      if (index === focused) handle.getElement()?.focus({ preventScroll: true });
    }
  }

  #handle(feature: Feature, index: number, at: LatLon): L.Marker {
    const icon = L.divIcon({ className: 'vertex', iconSize: [24, 24] });
    const handle = L.marker([at[0], at[1]], { icon, draggable: true, autoPan: true, pane: 'handles' });
    handle.addTo(this.#group);
    const element = handle.getElement()!;
    element.setAttribute('aria-label', placeText(at, document.documentElement.lang));
    element.addEventListener('focus', () => {
      this.#focused = index;
    });
    element.addEventListener('blur', () => {
      // not when it goes because the shape is drawn anew
      if (element.isConnected) this.#focused = undefined;
    });
    element.addEventListener('keydown', (event) => this.#key(event, feature, index, at));
    const moved = (): Feature | undefined => {
      const { lat, lng } = handle.getLatLng();
      return moveCorner(feature, index, [lat, lng]);
    };
    handle.on('drag', () => this.#events.preview(moved() ?? feature));
    handle.on('dragend', () => this.#events.change(moved() ?? feature));
    return handle;
  }

  #key(event: KeyboardEvent, feature: Feature, index: number, at: LatLon): void {
    const step = STEPS[event.key];
    let changed: Feature | undefined;
    if (step !== undefined) {
      const pixels = event.shiftKey ? 10 : 1;
      // not by way of the container, whose points are whole pixels
      const from = this.#map.project([at[0], at[1]], this.#map.getZoom());
      const to = from.add(L.point(step[0] * pixels, step[1] * pixels));
      const { lat, lng } = this.#map.unproject(to, this.#map.getZoom());
      changed = moveCorner(feature, index, [lat, lng]);
    } else if (event.key === 'Delete' || event.key === 'Backspace') changed = removeCorner(feature, index);
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (changed !== undefined) this.#events.change(changed);
  }
}
