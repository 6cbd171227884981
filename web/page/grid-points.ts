/** The overlay of grid points: those around the view, asked for by one EDR radius query, once the view is near enough to tell them apart. */
import { decodeCoverages } from '../../client/covjson.js';
import type { Coverage } from '../../schemas/coverage.js';
import { distanceKm } from '../geo/sphere.js';
import { type GridPoints, GridPointsLayer } from '../map/grid-points.js';
import type { Selection } from '../model/select.js';
import { isoSecond } from '../model/times.js';
import type { LatLon } from '../state/state.js';
import type { Page } from './page.js';

const KM_PER_DEGREE = 111.2;
/** pixels between points below which they are not shown */
const LEAST_PIXELS = 9;
/** how far beyond the view points are asked for */
const AROUND = 1.3;
const SETTLE_MS = 250;

/** A circle whose points are known, or asked for. */
interface Known {
  readonly grid: string;
  readonly at: LatLon;
  readonly km: number;
}

let layer: GridPointsLayer | undefined;
let layerOn: unknown;
let known: Known | undefined;
let points: GridPoints | undefined;

async function load(page: Page, selection: Selection, { at, km }: Known, signal: AbortSignal): Promise<GridPoints> {
  const { part, param, run, level } = selection;
  const query = new URLSearchParams({
    coords: `POINT(${at[1]} ${at[0]})`,
    within: String(Math.ceil(km)),
    'within-units': 'km',
    'parameter-name': param.components?.[0] ?? param.key,
    datetime: isoSecond(page.time),
    f: 'CoverageJSON',
  });
  if (level !== undefined) query.set('z', String(level));
  const path = `/edr/collections/${encodeURIComponent(part.id)}/instances/${run!.id}/radius?${query}`;
  const answer = await page.server.call(path, {}, signal);
  if (answer.status === 204) return { lat: [], lon: [] };
  const document = (await answer.json()) as Coverage & { readonly coverages?: readonly Coverage[] };
  const [first] = decodeCoverages({ type: 'CoverageCollection', coverages: document.coverages ?? [document] } as never);
  return first ?? { lat: [], lon: [] };
}

/** Whether points would lie so close that they are left out. */
export function areTooClose(page: Page): boolean {
  const { map, selection } = page;
  if (map?.leaflet === undefined || selection === undefined) return false;
  return (selection.part.spacing * KM_PER_DEGREE) / map.kmPerPixel() < LEAST_PIXELS;
}

function hide(): void {
  layer?.remove();
  layer = undefined;
}

/** Shows the points where they are wanted and can be told apart. */
export function syncGridPoints(page: Page, colours: readonly [dot: string, halo: string]): void {
  const { state, selection, map, effects } = page;
  const leaflet = map?.leaflet;
  const isOn = state.overlays.includes('points') && selection?.run !== undefined && !Number.isNaN(page.time);
  if (leaflet === undefined || selection === undefined || !isOn || areTooClose(page)) {
    hide();
    return;
  }
  const grid = `${selection.part.id} ${selection.run!.id} ${selection.param.key} ${selection.level}`;
  const at = map!.middle();
  const km = map!.reachKm();
  const isKnown = known?.grid === grid && distanceKm(known.at, at) + km <= known.km * 1.001;
  if (!isKnown) {
    known = { grid, at, km: km * AROUND };
    const wanted = known;
    effects.run('grid points', JSON.stringify(wanted), (signal) => {
      setTimeout(() => {
        if (signal.aborted) return;
        load(page, selection, wanted, signal).then(
          (found) => {
            if (signal.aborted) return;
            points = found;
            page.store.touch();
          },
          () => {
            // left out; asked for again when the view changes
            if (known === wanted) known = undefined;
          },
        );
      }, SETTLE_MS);
    });
  }
  if (layer === undefined || layerOn !== leaflet) {
    hide();
    layer = new GridPointsLayer();
    layerOn = leaflet;
    leaflet.addLayer(layer);
    effects.forget('grid points drawn');
  }
  effects.run('grid points drawn', `${points?.lat.length} ${points?.lat[0]} ${points?.lon[0]} ${colours}`, () => {
    if (points !== undefined) layer!.show(points, ...colours);
  });
}
