/** The panel of results: its head, its tabs, and which of them is shown for the shape chosen. */
import { html, nothing, render, type TemplateResult } from 'lit-html';
import { placeText } from '../geo/sphere.js';
import type { Key } from '../i18n/t.js';
import type { Selection } from '../model/select.js';
import { codeOf, sentenceOf } from '../model/server.js';
import { numberText } from '../model/units.js';
import { type Asked, NOT_ASKED, type Page, type PointData } from '../page/page.js';
import { icon } from '../shell/icons.js';
import { type Feature, type LatLon, TABS_OF, type Tab } from '../state/state.js';
import { areaTab, drawArea } from './area-tab.js';
import { codeBlock } from './code-block.js';
import { dataTab } from './data-tab.js';
import { downloads } from './downloads.js';
import { updateForm } from './form.js';
import { syncGround } from './ground.js';
import { jobsDrawer, jobTitle, syncJob } from './jobs-drawer.js';
import { metRows } from './met-series.js';
import { drawMeteogram, metTab } from './met-tab.js';
import { loadMeteogram, loadProfile } from './point-data.js';
import { profileTab } from './profile-tab.js';
import { trackTab } from './track-tab.js';

const TABS: readonly (readonly [Tab, Key])[] = [
  ['met', 'tabMet'],
  ['prof', 'tabProf'],
  ['area', 'tabArea'],
  ['track', 'tabTrack'],
  ['data', 'tabData'],
];

function track<T>(page: Page, name: 'met' | 'prof', work: Promise<T>, signal: AbortSignal): void {
  page.change({ [name]: { state: 'loading' } });
  work.then(
    (value) => !signal.aborted && page.change({ [name]: { state: 'ready', value } }),
    (error: unknown) => !signal.aborted && page.change({ [name]: { state: 'failed', error } }),
  );
}

/** What the series of a point hang on. */
const pointKey = ({ model, part, run }: Selection, at: LatLon): string => `${model.name} ${part.grid} ${run?.id} ${at}`;

/** Asks for what the tab shows. */
function load(page: Page): void {
  const { state, selection, effects, time } = page;
  const { feature, tab } = state;
  const run = selection?.run;
  if (feature?.kind !== 'pt' || selection === undefined || run === undefined) {
    effects.run(
      'met',
      'none',
      () => page.data.met.state !== 'none' && page.change({ met: NOT_ASKED, prof: NOT_ASKED }),
    );
    return;
  }
  const where = pointKey(selection, feature.at);
  // the time shown comes first: whether the place is in the grid is asked of the map
  if (Number.isNaN(time)) return;
  effects.run('met', where, (signal) => track(page, 'met', loadMeteogram(page, feature.at, signal), signal));
  if (tab === 'prof') {
    effects.run('prof', where, (signal) => track(page, 'prof', loadProfile(page, feature.at, time, signal), signal));
  } else effects.forget('prof');
}

function failure(page: Page, error: unknown, retry: () => void): TemplateResult {
  return html`<div class="notice" role="alert"><b>${page.t('errorTitle')}</b><p lang="en">${sentenceOf(error)}</p>${codeOf(error) === '' ? nothing : html`<code>${codeOf(error)}</code>`}<button class="button" @click=${retry}>${page.t('retry')}</button></div>`;
}

export function asked<T>(
  page: Page,
  name: string,
  value: Asked<T>,
  shown: (value: T) => TemplateResult,
): TemplateResult {
  if (value.state === 'ready') return shown(value.value);
  if (value.state === 'failed') {
    return failure(page, value.error, () => {
      page.effects.forget(name);
      page.store.touch();
    });
  }
  return html`<div class="waiting-bar" role="progressbar" aria-label=${page.t('loading')}></div><div class="skeleton"></div><div class="skeleton"></div>`;
}

function featureName(page: Page, feature: Feature): string {
  return feature.kind === 'pt' ? placeText(feature.at, page.state.lang) : jobTitle(page, feature);
}

function subtitle(page: Page): string {
  const { met } = page.data;
  if (page.state.feature?.kind !== 'pt' || met.state !== 'ready') return '';
  const answer: PointData['single'] = met.value.single ?? met.value.members;
  if (answer === undefined) return page.t('outside');
  const { lang } = page.state;
  return page.t('gridPointAt', {
    place: placeText([answer.lat, answer.lon], lang),
    km: numberText(answer.km ?? 0, 1, lang),
  });
}

function tabs(page: Page, feature: Feature): TemplateResult {
  const { state, t, store } = page;
  const able = TABS_OF[feature.kind];
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const to = able[(able.indexOf(state.tab) + step + able.length) % able.length]!;
    store.dispatch({ type: 'tab', tab: to });
    queueMicrotask(() => document.getElementById(`tab-${to}`)?.focus());
  };
  return html`<div class="tabs" role="tablist" aria-label=${t('results')} @keydown=${move}>${TABS.map(
    ([tab, key]) =>
      html`<button role="tab" id=${`tab-${tab}`} aria-controls="tab-body" aria-selected=${tab === state.tab} ?disabled=${!able.includes(tab)} tabindex=${tab === state.tab ? 0 : -1} @click=${() => store.dispatch({ type: 'tab', tab })}>${t(key)}</button>`,
  )}</div>`;
}

/** The same numbers in rows: what a plot says to those who do not see it. */
const tableLink = ({ t, store }: Page): TemplateResult =>
  html`<button class="text-link" @click=${() => store.dispatch({ type: 'tab', tab: 'data' })}>${t('showTable')}</button>`;

function body(page: Page, feature: Feature, width: number): TemplateResult {
  const { t, data, selection } = page;
  switch (page.state.tab) {
    case 'met':
      if (feature.kind !== 'pt') return html`<p class="notice">${t('needPoint')}</p>`;
      return asked(page, 'met', data.met, (value) => {
        if (value.single === undefined && value.members === undefined)
          return html`<p class="notice">${t('outside')}</p>`;
        const rows = metRows(selection!, value);
        if (rows !== undefined) return html`${metTab(page, rows, width, feature.at)}${tableLink(page)}`;
        const hasFields = selection!.model.parts.some(({ levtype }) => levtype === 'sfc' || levtype === 'pl');
        return html`<p class="notice">${t(hasFields ? 'noValues' : 'noMeteogram')}</p>`;
      });
    case 'prof':
      if (feature.kind !== 'pt') return html`<p class="notice">${t('needPoint')}</p>`;
      return asked(
        page,
        'prof',
        data.prof,
        (value) => html`${profileTab(page, value, width, feature.at)}${tableLink(page)}`,
      );
    case 'area':
      return html`${areaTab(page, width)}${data.result.state === 'ready' ? tableLink(page) : ''}`;
    case 'track':
      return html`${trackTab(page, width)}${data.result.state === 'ready' ? tableLink(page) : ''}`;
    case 'data':
      return dataTab(page);
  }
}

function phoneStops(page: Page): TemplateResult {
  const { classList } = document.body;
  const stop = (by: number): void => {
    const now = classList.contains('sheet-full') ? 2 : classList.contains('sheet-low') ? 0 : 1;
    const next = Math.min(2, Math.max(0, now + by));
    classList.toggle('sheet-full', next === 2);
    classList.toggle('sheet-low', next === 0);
    page.store.touch();
  };
  const drag = (event: PointerEvent): void => {
    const from = event.clientY;
    const end = (up: PointerEvent): void => {
      if (Math.abs(up.clientY - from) > 24) stop(up.clientY < from ? 1 : -1);
    };
    document.addEventListener('pointerup', end, { once: true });
  };
  return html`<div class="grab" @pointerdown=${drag}><button aria-label=${page.t('bigger')} @click=${() => stop(1)}>${icon('up')}</button><i aria-hidden="true"></i><button aria-label=${page.t('smaller')} @click=${() => stop(-1)}>${icon('chevron')}</button></div>`;
}

function close(page: Page): void {
  page.choose(undefined);
  document.getElementById('map')?.focus({ preventScroll: true });
}

function panelOf(page: Page, feature: Feature, width: number): TemplateResult {
  const { t } = page;
  return html`${phoneStops(page)}<div class="panel-head"><div><h1 id="panel-title">${featureName(page, feature)}</h1><p>${subtitle(page)}</p></div>
      ${downloads(page, feature)}
      <button class="ghost" id="panel-close" aria-label=${t('close')} @click=${() => close(page)}>${icon('close')}</button></div>
    ${tabs(page, feature)}
    <div id="tab-body" role="tabpanel" aria-labelledby=${`tab-${page.state.tab}`} tabindex="-1">${body(page, feature, width)}</div>
    ${codeBlock(page, feature)}`;
}

/** Renders panel, drawer and form, and draws what is no template. */
export function updatePanel(page: Page): void {
  const element = document.getElementById('panel')!;
  const { feature, tab } = page.state;
  load(page);
  syncJob(page);
  syncGround(page, feature);
  if (feature !== undefined && page.selection !== undefined) {
    element.hidden = false;
    const width = Math.max(200, element.clientWidth - 32);
    render(panelOf(page, feature, width), element);
    const { met } = page.data;
    if (tab === 'met' && feature.kind === 'pt' && met.state === 'ready') {
      const rows = metRows(page.selection, met.value);
      const slot = element.querySelector<HTMLElement>('.met');
      const key = pointKey(page.selection, feature.at);
      if (rows !== undefined && slot !== null) drawMeteogram(page, slot, rows, feature.at, key);
    }
    drawArea(page);
  } else {
    render(nothing, element);
    drawArea(page);
  }
  const jobs = document.getElementById('jobs')!;
  jobs.hidden = !page.jobs.open;
  jobs.setAttribute('aria-label', page.t('jobs'));
  render(page.jobs.open ? jobsDrawer(page) : nothing, jobs);
  updateForm(page, document.getElementById('form')!);
}
