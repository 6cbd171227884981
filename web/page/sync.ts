/** What follows from the state: calls to the service, the map, the address, the document. Each begins again only when what it hangs on changes. */

import { loadWords } from '../i18n/t.js';
import type { CoastColours } from '../map/coast.js';
import { isNorthern, modelsOf, newestRun, type Part, runsOf } from '../model/catalogue.js';
import { present, readPoint } from '../model/coverage.js';
import { dimensionsOf, layerOf, nearestLevel, type Selection } from '../model/select.js';
import { ORIGIN, sentenceOf } from '../model/server.js';
import { isoMinute, timeText } from '../model/times.js';
import { isDark, runName } from '../shell/header.js';
import { syncGridPoints } from './grid-points.js';
import { type Page, timesKey } from './page.js';

const RUN_POLL_MS = 60_000;

export function loadModels(page: Page): void {
  page.server.json('/edr/collections?f=json').then(
    (document) => page.change({ models: modelsOf(document), modelsError: undefined }),
    (error: unknown) => {
      page.server.forget('/edr/collections?f=json');
      page.change({ modelsError: error });
      setTimeout(() => loadModels(page), 5000);
    },
  );
}

async function loadRuns(page: Page, part: Part): Promise<void> {
  const path = `/edr/collections/${encodeURIComponent(part.id)}/instances?f=json`;
  const before = page.data.runs.get(part.id);
  page.server.forget(path);
  const runs = runsOf(await page.server.json(path));
  const [was, is] = [newestRun(before ?? []), newestRun(runs)];
  if (
    before !== undefined &&
    was !== undefined &&
    is !== undefined &&
    is.base > was.base &&
    page.state.run === 'latest'
  ) {
    page.store.dispatch({ type: 'set', part: { run: was.id } });
    page.toast(page.t('runReady', { run: runName(is.base) }), {
      label: page.t('showIt'),
      run: () => page.store.dispatch({ type: 'set', part: { run: 'latest' } }),
    });
  }
  page.change({ runs: new Map([...page.data.runs, [part.id, runs]]) });
}

/** Middle of the domain: a place at which every field has a grid point. */
function middleOf({ bbox: [w, s, e, n] }: Part): string {
  const lon = (w + (e < w ? e + 360 : e)) / 2;
  return `POINT(${lon > 180 ? lon - 360 : lon} ${(s + n) / 2})`;
}

/** Times of one parameter: those at which the middle of the domain has a value. */
async function loadTimes(page: Page, selection: Selection): Promise<void> {
  const { part, param, run, level, member } = selection;
  if (run === undefined) return;
  const key = timesKey(selection);
  const name = param.components?.[0] ?? param.key;
  const query = new URLSearchParams({ coords: middleOf(part), 'parameter-name': name, f: 'CoverageJSON' });
  if (level !== undefined) query.set('z', String(level));
  if (member >= 0 && part.numbers.length > 0) query.set('number', String(member));
  const path = `/edr/collections/${encodeURIComponent(part.id)}/instances/${run.id}/position?${query}`;
  let times: readonly number[];
  try {
    const series = readPoint(await page.server.json(path))?.series[0];
    times = series === undefined ? [] : present(series, name).times;
    // the middle may be a missing point: then the run's own times have to do
    if (times.length === 0) times = series?.times ?? run.times;
  } catch {
    times = run.times;
  }
  page.change({ times: new Map([...page.data.times, [key, times]]) });
  snap(page);
}

/** Says so when the time asked for is not among those there are. */
function snap(page: Page): void {
  const { state, time, selection } = page;
  if (selection === undefined || Number.isNaN(time) || state.time === '' || state.time.startsWith('+')) return;
  if (Math.abs(Date.parse(state.time) - time) < 1000) return;
  const text = page.t('snapped', {
    param: selection.param.label[state.lang],
    time: timeText(time, state.lang, state.zone),
  });
  page.toast(text);
  page.say(text);
  page.store.dispatch({ type: 'set', part: { time: isoMinute(time) } });
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function coastColours(): CoastColours {
  return { line: colour('coast'), halo: colour('coast-halo'), border: colour('border'), grid: colour('graticule') };
}

function syncMap(page: Page, selection: Selection): void {
  const { state, effects } = page;
  const map = page.map!;
  const crs = state.crs ?? (isNorthern(selection.part) ? '5937' : '3857');
  effects.run('crs', crs, () => {
    const fresh = map.crs === undefined;
    map.use(crs, state.view, coastColours());
    effects.forget('fill');
    effects.forget('lines');
    effects.forget('shape');
    if (fresh && state.view !== undefined) effects.run('view', selection.model.name, () => undefined);
    const { queue } = map.fill!;
    queue.isHeld = () => page.server.isAsking && !page.state.playing;
    page.server.onIdle = () => queue.pump();
    map.fill!.onFail = () =>
      page.toast(page.t('mapFailed', { detail: layerOf(selection).layer }), {
        label: page.t('retry'),
        run: () => effects.forget('fill'),
      });
  });
  effects.run('view', selection.model.name, () => map.setView(map.viewOf(selection.part.bbox)));
  effects.run('colours', String(isDark(page)), () => map.recolour(coastColours()));
  syncFill(page, selection);
  syncLines(page, selection);
  syncGridPoints(page, [colour('coast'), colour('coast-halo')]);
  const outside =
    page.data.met.state === 'ready' &&
    page.data.met.value.single === undefined &&
    page.data.met.value.members === undefined;
  effects.run('shape', `${JSON.stringify(state.feature)} ${outside}`, () => map.drawing!.show(state.feature, outside));
  effects.run('tool', `${state.tool}`, () => map.drawing!.use(state.tool === 'pt' ? undefined : state.tool));
}

const WMS = `${ORIGIN}/wms`;

function syncFill(page: Page, selection: Selection): void {
  const { time, times, at } = page;
  if (Number.isNaN(time)) return;
  const { layer, style } = layerOf(selection);
  const range = page.state.scale?.join(',');
  const key = `${layer} ${style} ${selection.run?.id} ${selection.level} ${selection.member} ${range}`;
  page.effects.run('fill', `${key} ${time}`, () => {
    const { server } = page;
    const addressOf = server.hasKey ? (url: string) => server.addressOf(url) : undefined;
    const dimensions = (one: number) => ({
      ...dimensionsOf(selection, one, selection.level),
      ...(range === undefined ? {} : { COLORSCALERANGE: range }),
    });
    const fill = page.map!.fill!;
    void fill.show({ key, url: WMS, layer, style, dimensions, addressOf }, time).then(() => {
      document.body.dataset['shown'] = isoMinute(time);
      const ahead = page.state.playing ? 3 : 1;
      fill.prefetch(Array.from({ length: ahead }, (_, n) => times[(at + 1 + n) % times.length]!));
      page.change({ buffered: fill.buffered() });
    });
  });
}

/** Layer of isolines or barbs over the map, with its dimensions where the model has it. */
function lineLayers(
  page: Page,
  selection: Selection,
): readonly { layer: string; style: string; level: number | undefined }[] {
  const { model, part, level } = selection;
  const named = (levtype: string, nomvar: string) => {
    const homes = model.parts.filter(
      (one) => one.levtype === levtype && one.params.some((param) => param.nomvar === nomvar),
    );
    const home = homes.find(({ grid }) => grid === part.grid) ?? homes[0];
    const param = home?.params.find((one) => one.nomvar === nomvar);
    return home && param ? { home, key: param.components?.[0] ?? param.key } : undefined;
  };
  return page.state.overlays.flatMap((overlay) => {
    const [nomvar, style, levtypes] =
      overlay === 'msl'
        ? (['PN', 'contours', ['sfc']] as const)
        : overlay === 'barbs'
          ? (['UV', 'barbs', [part.levtype, 'sfc', 'pl']] as const)
          : (['GZ', 'contours', ['pl']] as const);
    if (overlay === 'points') return [];
    const found = levtypes.map((levtype) => named(levtype, nomvar)).find((one) => one !== undefined);
    if (found === undefined) return [];
    const own =
      found.home.levtype === 'sfc' ? undefined : nearestLevel(found.home, level ?? (overlay === 'gh' ? 500 : 1000));
    return [{ layer: `${found.home.id}/${found.key}`, style, level: own }];
  });
}

function syncLines(page: Page, selection: Selection): void {
  const { time } = page;
  if (Number.isNaN(time)) return;
  const layers = lineLayers(page, selection);
  const theme = isDark(page) ? 'dark' : 'light';
  const key = `${JSON.stringify(layers)} ${selection.run?.id} ${time} ${theme}`;
  page.effects.run('lines', key, () => {
    const spacing = String(window.innerWidth < 700 ? 58 : 66);
    page.map!.lines!.show(
      (code, box, [width, height], ratio) => {
        if (layers.length === 0) return undefined;
        // dimensions hold for all layers of a request: levels must agree, else the first level counts
        const level = layers.find((one) => one.level !== undefined)?.level;
        const query = new URLSearchParams({
          SERVICE: 'WMS',
          VERSION: '1.3.0',
          REQUEST: 'GetMap',
          FORMAT: 'image/png',
          TRANSPARENT: 'TRUE',
          LAYERS: layers.map(({ layer }) => layer).join(','),
          STYLES: layers.map(({ style }) => style).join(','),
          CRS: code,
          BBOX: box.join(','),
          WIDTH: String(width),
          HEIGHT: String(height),
          PIXELRATIO: String(ratio),
          THEME: theme,
          SPACING: spacing,
          ...dimensionsOf(selection, time, level),
        });
        return `${WMS}?${query}`;
      },
      (url) => page.server.addressOf(url),
    );
  });
}

function syncDocument(page: Page): void {
  const { state, effects, selection } = page;
  effects.run('lang', state.lang, () => {
    document.documentElement.lang = state.lang;
    void loadWords(state.lang).then(() => page.store.touch());
  });
  const dark = isDark(page);
  effects.run('theme', String(dark), () => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  });
  effects.run('settings', `${state.lang} ${state.theme} ${state.zone} ${JSON.stringify(state.units)}`, () => {
    const { lang, theme, zone, units } = state;
    try {
      localStorage.setItem('polyfst.settings', JSON.stringify({ lang, theme, zone, units }));
    } catch {
      // without storage the settings live as long as the page
    }
  });
  if (selection !== undefined) {
    const title = `${selection.param.label[state.lang]} – Polyfst`;
    if (document.title !== title) document.title = title;
    document
      .getElementById('map')!
      .setAttribute('aria-label', page.t('mapLabel', { param: selection.param.label[state.lang] }));
    document.getElementById('map-keys')!.textContent = page.t('mapKeys');
  }
}

export function sync(page: Page): void {
  syncDocument(page);
  const { selection, effects } = page;
  if (selection === undefined) return;
  const { part } = selection;
  effects.run(`runs ${part.id}`, part.id, () => {
    const failed = (error: unknown): void => page.toast(sentenceOf(error));
    void loadRuns(page, part).catch(failed);
    setInterval(() => !document.hidden && void loadRuns(page, part).catch(() => undefined), RUN_POLL_MS);
  });
  if (selection.run !== undefined) {
    effects.run('times', timesKey(selection), () => {
      if (page.data.times.has(timesKey(selection))) snap(page);
      else void loadTimes(page, selection);
    });
  }
  syncMap(page, selection);
}
