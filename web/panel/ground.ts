/** The ground below a cross-section: surface pressure along the track, where the model has it. One EDR trajectory. */
import { partOf } from '../model/select.js';
import { nearestIndex } from '../model/times.js';
import type { Page } from '../page/page.js';
import { densePath } from '../request/request.js';
import type { Feature, TrackVertex } from '../state/state.js';
import { groundOf } from './ground-path.js';
import { askedName } from './point-data.js';

/** Points that the ground is asked at: an address has to hold them. */
const MOST = 100;
const HOUR = 3_600_000;

function thinned(vertices: readonly TrackVertex[]): readonly TrackVertex[] {
  const step = Math.max(1, (vertices.length - 1) / (MOST - 1));
  const count = Math.min(MOST, vertices.length);
  return Array.from({ length: count }, (_, n) => vertices[Math.min(vertices.length - 1, Math.round(n * step))]!);
}

/** Asks for the ground of the track that is shown; nothing to ask for leaves none. */
export function syncGround(page: Page, feature: Feature | undefined): void {
  const { selection, effects, times } = page;
  const surface = selection && partOf(selection, 'sfc');
  // on another grid the track may leave it
  const sfc = surface?.grid === selection?.part.grid ? surface : undefined;
  const name = sfc && askedName(sfc, 'P0');
  const isSection = feature?.kind === 'track' && feature.levels.length > 1 && selection?.part.levtype === 'pl';
  const run = selection?.run;
  const known = sfc && page.data.runs.get(sfc.id)?.find(({ id }) => id === run?.id);
  if (!isSection || sfc === undefined || name === undefined || run === undefined || times.length === 0) {
    effects.run(
      'ground',
      'none',
      () => page.data.ground.state !== 'none' && page.change({ ground: { state: 'none' } }),
    );
    return;
  }
  const instants = known?.times ?? times;
  const path = thinned(densePath(feature.vertices, selection!.part.spacing));
  const coords = path.map(({ at: [lat, lon], hours }) => {
    const time = instants[nearestIndex(instants, run.base + hours * HOUR)]!;
    return `${lon.toFixed(3)} ${lat.toFixed(3)} ${time / 1000}`;
  });
  const query = new URLSearchParams({
    coords: `LINESTRINGM(${coords.join(',')})`,
    'parameter-name': name,
    f: 'CoverageJSON',
  });
  const address = `/edr/collections/${encodeURIComponent(sfc.id)}/instances/${run.id}/trajectory?${query}`;
  effects.run('ground', address, (signal) => {
    page.server.json(address, signal).then(
      (answer) => !signal.aborted && page.change({ ground: { state: 'ready', value: groundOf(answer, name) } }),
      (error: unknown) => !signal.aborted && page.change({ ground: { state: 'failed', error } }),
    );
  });
}
