/**
 * The filled field: a few tile layers, one a time. A new time is shown when all its tiles are there, so that playing never
 * flickers; the next ones are asked for ahead.
 */
import L from 'leaflet';
import { TileQueue } from './tile-queue.js';

export interface FillSource {
  /** changes whenever anything but the time does */
  readonly key: string;
  readonly url: string;
  readonly layer: string;
  readonly style: string;
  readonly dimensions: (time: number) => Readonly<Record<string, string>>;
  /** where tiles need more than their address */
  readonly addressOf: AddressOf | undefined;
}

interface Frame {
  readonly layer: L.TileLayer.WMS;
  ready: boolean;
  failed: boolean;
  tries: number;
}

export const TILE = 256;

/** Insides of Leaflet's grid of tiles that the class below works with. */
interface GridInsides {
  _tileZoom: number;
  _updateLevels(): void;
  _resetGrid(): void;
  _update(center: L.LatLng): void;
  _pruneTiles(): void;
  _noPrune: boolean;
  _abortLoading?(): void;
  _setZoomTransforms(center: L.LatLng, zoom: number): void;
}

/** Turns an address into one that an image can be given. */
export type AddressOf = (url: string) => Promise<string>;

/** Insides of the layer that its tiles are made with. */
interface TileInsides {
  addressOf: AddressOf | undefined;
  queue: TileQueue;
  isWanted: () => boolean;
  getTileUrl(coords: L.Coords): string;
}

/** Tiles at exactly the zoom of the map, whole or not: a server that draws any box needs none that are scaled and blurred. */
const ExactTiles = L.TileLayer.WMS.extend({
  _setView(this: GridInsides, center: L.LatLng, zoom: number, noPrune?: boolean, noUpdate?: boolean): void {
    if (noUpdate !== true) {
      this._tileZoom = zoom;
      this._abortLoading?.();
      this._updateLevels();
      this._resetGrid();
      this._update(center);
      if (noPrune !== true) this._pruneTiles();
      this._noPrune = noPrune === true;
    }
    this._setZoomTransforms(center, zoom);
  },
  createTile(this: TileInsides, coords: L.Coords, done: L.DoneCallback): HTMLElement {
    const { addressOf, queue, isWanted } = this;
    const tile = document.createElement('img');
    tile.alt = '';
    tile.onload = () => {
      if (tile.src.startsWith('blob:')) URL.revokeObjectURL(tile.src);
      done(undefined, tile);
    };
    tile.onerror = () => done(new Error('no picture'), tile);
    const url = this.getTileUrl(coords);
    queue.add(tile, isWanted, () => {
      if (addressOf === undefined) {
        tile.src = url;
        return;
      }
      addressOf(url).then(
        (address) => {
          tile.src = address;
        },
        () => tile.dispatchEvent(new Event('error')),
      );
    });
    return tile;
  },
}) as unknown as new (
  url: string,
  options: L.WMSOptions,
) => L.TileLayer.WMS;
const KEPT = 4;
const MAX_TRIES = 2;

export class FillStack {
  readonly #map: L.Map;
  readonly #frames = new Map<number, Frame>();
  #source: FillSource | undefined;
  #shown: number | undefined;
  #wanted: number | undefined;
  #waiters: (() => void)[] = [];
  readonly queue = new TileQueue();
  /** tells of tiles that cannot be had */
  onFail: () => void = () => undefined;

  constructor(map: L.Map) {
    this.#map = map;
  }

  /** Shows a time of a source as soon as it is whole; resolves then. */
  show(source: FillSource, time: number): Promise<void> {
    if (this.#source?.key !== source.key) this.#replace(source);
    this.#wanted = time;
    this.#source = source;
    const frame = this.#frame(time);
    if (frame.ready) this.#swap();
    return this.#shown === time ? Promise.resolve() : new Promise((done) => this.#waiters.push(done));
  }

  /** Asks for times ahead; what is neither shown nor among them is let go. */
  prefetch(times: readonly number[]): void {
    const keep = new Set([...times.slice(0, KEPT - 1), this.#shown, this.#wanted]);
    for (const time of [...this.#frames.keys()]) if (!keep.has(time)) this.#drop(time);
    for (const time of times.slice(0, KEPT - 1)) this.#frame(time);
  }

  /** Times whose tiles are all there. */
  buffered(): readonly number[] {
    return [...this.#frames].filter(([, { ready }]) => ready).map(([time]) => time);
  }

  clear(): void {
    for (const time of [...this.#frames.keys()]) this.#drop(time);
    this.#shown = undefined;
    this.#source = undefined;
  }

  #old: L.TileLayer.WMS | undefined;

  /** Another field: the picture of the one before stays, dimmed, until the first of the new is whole. */
  #replace(source: FillSource): void {
    const before = this.#shown === undefined ? undefined : this.#frames.get(this.#shown);
    if (before !== undefined) {
      this.#old?.remove();
      this.#old = before.layer;
      before.layer.getContainer()?.classList.add('fading');
      this.#frames.delete(this.#shown!);
    }
    for (const time of [...this.#frames.keys()]) this.#drop(time);
    this.#shown = undefined;
    this.#source = source;
  }

  #drop(time: number): void {
    this.#frames.get(time)?.layer.remove();
    this.#frames.delete(time);
  }

  #frame(time: number): Frame {
    const known = this.#frames.get(time);
    if (known !== undefined) return known;
    const { url, layer: name, style, dimensions, addressOf } = this.#source!;
    const options = {
      layers: name,
      styles: style,
      format: 'image/png',
      transparent: true,
      version: '1.3.0',
      tileSize: TILE,
      detectRetina: false,
      className: 'fill waiting',
      keepBuffer: 1,
      updateWhenZooming: false,
      ...dimensions(time),
    };
    const layer = new ExactTiles(url, options as L.WMSOptions);
    Object.assign(layer as unknown as TileInsides, {
      addressOf,
      queue: this.queue,
      isWanted: () => this.#wanted === time && this.#frames.get(time)?.layer === layer,
    });
    layer.on('tileunload', ({ tile }) => this.queue.drop(tile as HTMLImageElement));
    const frame: Frame = { layer, ready: false, failed: false, tries: 0 };
    this.#frames.set(time, frame);
    layer.on('loading', () => {
      frame.failed = false;
    });
    layer.on('load', () => this.#loaded(time, frame));
    layer.on('tileerror', () => {
      frame.failed = true;
    });
    layer.addTo(this.#map);
    return frame;
  }

  #loaded(time: number, frame: Frame): void {
    if (frame.failed && frame.tries < MAX_TRIES) {
      frame.tries++;
      setTimeout(() => this.#frames.get(time) === frame && frame.layer.redraw(), 400 * frame.tries);
      return;
    }
    if (frame.failed) {
      if (time === this.#wanted) this.onFail();
      return;
    }
    frame.ready = true;
    if (time === this.#wanted) this.#swap();
  }

  #swap(): void {
    const before = this.#shown;
    const now = this.#frames.get(this.#wanted!)!;
    now.layer.getContainer()?.classList.remove('waiting');
    this.#old?.remove();
    this.#old = undefined;
    if (before !== undefined && before !== this.#wanted) {
      this.#frames.get(before)?.layer.getContainer()?.classList.add('waiting');
    }
    this.#shown = this.#wanted;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const done of waiters) done();
  }
}
