/** A layer as large as the view and a margin, that moves with the map and scales with a zoom until it is drawn anew. */
import L from 'leaflet';

/** Share of the view that is drawn beyond each side. */
export const MARGIN = 0.2;

/** What Leaflet keeps to itself but its own renderers use for the same purpose. */
interface MapInsides {
  _getNewPixelOrigin(center: L.LatLng, zoom: number): L.Point;
}

export interface Frame {
  /** size with the margin, CSS pixels */
  readonly size: L.Point;
  /** upper left corner in pixels of the projection at this zoom */
  readonly origin: L.Point;
  readonly zoom: number;
}

export abstract class ViewportLayer extends L.Layer {
  protected map: L.Map | undefined;
  #center = L.latLng(0, 0);
  #zoom = 0;
  readonly element: HTMLElement;

  constructor(element: HTMLElement, pane: string) {
    super({ pane });
    this.element = element;
    element.classList.add('viewport-layer', 'leaflet-zoom-animated');
  }

  /** Draws for a frame; `shown` has to be called when the picture is there. */
  protected abstract draw(frame: Frame, shown: () => void): void;

  override onAdd(map: L.Map): this {
    this.map = map;
    this.getPane()!.append(this.element);
    this.refresh();
    return this;
  }

  override onRemove(): this {
    this.element.remove();
    this.map = undefined;
    return this;
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    return {
      moveend: () => this.refresh(),
      resize: () => this.refresh(),
      zoom: () => this.#transform(this.map!.getCenter(), this.map!.getZoom()),
      zoomanim: (event) => {
        const { center, zoom } = event as L.ZoomAnimEvent;
        this.#transform(center, zoom);
      },
    };
  }

  refresh(): void {
    const { map } = this;
    if (map === undefined) return;
    const view = map.getSize();
    const size = view.multiplyBy(1 + 2 * MARGIN).round();
    const [center, zoom] = [map.getCenter(), map.getZoom()];
    const origin = map.project(center, zoom).subtract(size.divideBy(2)).round();
    this.draw({ size, origin, zoom }, () => {
      if (this.map === undefined) return;
      this.#center = center;
      this.#zoom = zoom;
      this.element.style.width = `${size.x}px`;
      this.element.style.height = `${size.y}px`;
      this.#transform(this.map.getCenter(), this.map.getZoom());
    });
  }

  /** Puts the picture where it belongs in a view that may differ from the one it was drawn for. */
  #transform(center: L.LatLng, zoom: number): void {
    const map = this.map!;
    const scale = map.getZoomScale(zoom, this.#zoom);
    const half = L.point(
      Number.parseFloat(this.element.style.width) || 0,
      Number.parseFloat(this.element.style.height) || 0,
    ).divideBy(2);
    const corner = map
      .project(this.#center, zoom)
      .subtract(half.multiplyBy(scale))
      .subtract((map as unknown as MapInsides)._getNewPixelOrigin(center, zoom));
    L.DomUtil.setTransform(this.element, corner, scale);
  }
}
