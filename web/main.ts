/** Starts the page: state from the link and from storage, parts rendered after every change, map, keys, animation. */
import { html, render, type TemplateResult } from 'lit-html';
import { MapView } from './map/map-view.js';
import { Server, sentenceOf } from './model/server.js';
import { clockText } from './model/times.js';
import { LinkKeeper } from './page/link-keeper.js';
import { Page } from './page/page.js';
import { Player } from './page/player.js';
import { Pointer } from './page/pointer.js';
import { loadModels, sync } from './page/sync.js';
import { JobList } from './request/jobs.js';
import { contextMenu } from './shell/context-menu.js';
import { fieldName, header, runShort } from './shell/header.js';
import { icon } from './shell/icons.js';
import { legend } from './shell/legend.js';
import { parameters } from './shell/params.js';
import { shortcuts } from './shell/shortcuts.js';
import { timebar } from './shell/timebar.js';
import { tools } from './shell/tools.js';
import { parseLink } from './state/link.js';
import { withTab } from './state/reducer.js';
import { START, type State } from './state/state.js';
import { createStore } from './state/store.js';

const element = (id: string): HTMLElement => document.getElementById(id)!;

/** Language of the browser, then what was chosen before, then what the link says. */
function firstState(): { readonly state: State; readonly dropped: readonly string[] } {
  const lang = navigator.languages.find((one) => /^(en|fr)/.test(one))?.slice(0, 2) === 'fr' ? 'fr' : 'en';
  let stored: Partial<State> = {};
  try {
    stored = JSON.parse(localStorage.getItem('polyfst.settings') ?? '{}') as Partial<State>;
  } catch {
    // settings that cannot be read are none
  }
  const link = parseLink(location.hash);
  return { state: withTab({ ...START, lang, ...stored, ...link.state }), dropped: link.dropped };
}

const server = new Server();
const page = new Page(server);
const { state, dropped } = firstState();
page.store = createStore(state, update);
page.jobs = new JobList(server);
page.jobs.onChange = () => page.store.touch();
server.onChange = () => page.store.touch();
const pointer = new Pointer(page);
page.map = new MapView(element('map'), {
  view: (view) => page.store.dispatch({ type: 'view', view }),
  click: (at) => pointer.click(at),
  doubleClick: () => pointer.finish(),
  change: (feature) => page.choose(feature),
  menu: (at, x, y) => page.openMenu({ at, x, y }),
  hover: (at, x, y) => pointer.hover(at, x, y),
});
const player = new Player(page);
const links = new LinkKeeper(page);

function title(): TemplateResult {
  const { selection, state: now } = page;
  if (selection === undefined) return html``;
  const { model, run } = selection;
  const ofRun = run === undefined ? '' : `, ${page.t('run').toLowerCase()} ${runShort(run.base, now.lang)}`;
  return html`<h1>${fieldName(page, selection)}</h1><p>${model.title}${ofRun}</p>`;
}

function strip(): TemplateResult {
  const { t, state: now } = page;
  if (server.needsKey) {
    const use = (event: SubmitEvent): void => {
      event.preventDefault();
      server.useKey(String(new FormData(event.target as HTMLFormElement).get('key') ?? ''));
      loadModels(page);
    };
    return html`<form class="strip" @submit=${use}><span>${t('needKey')}</span><label>${t('key')} <input name="key" type="password" autocomplete="current-password" required></label><button>${t('useKey')}</button></form>`;
  }
  if (server.busyUntil !== undefined) {
    const seconds = Math.max(1, Math.round((server.busyUntil - Date.now()) / 1000));
    return html`<div class="strip">${t('busy', { s: seconds })}</div>`;
  }
  if (server.goneSince !== undefined) {
    return html`<div class="strip">${t('serverGone', { time: clockText(server.goneSince, now.lang, 'local') })}</div>`;
  }
  if (page.data.modelsError !== undefined)
    return html`<div class="strip">${t('errorTitle')}: <span lang="en">${sentenceOf(page.data.modelsError)}</span></div>`;
  if (page.data.models?.length === 0) return html`<div class="strip"><b>${t('emptyTitle')}</b> ${t('emptyText')}</div>`;
  return html``;
}

function toasts(): TemplateResult {
  return html`${page.data.toasts.map(
    ({ id, text, action }) =>
      html`<div class="toast card" role="status"><span>${text}</span>${
        action === undefined
          ? ''
          : html`<button @click=${() => {
              page.dismiss(id);
              action.run();
            }}>${action.label}</button>`
      }<button class="ghost" aria-label=${page.t('close')} @click=${() => page.dismiss(id)}>${icon('close')}</button></div>`,
  )}`;
}

/** The panel and all that it draws with come after the map, or when they are first needed. */
let panel: typeof import('./panel/panel.js') | undefined;
let panelAsked = false;

function updatePanel(): void {
  const wanted = page.state.feature !== undefined || page.jobs.open || page.jobs.all.length > 0 || page.formOpen;
  if (panel !== undefined) panel.updatePanel(page);
  else if (wanted || document.body.dataset['shown'] !== undefined) loadPanel();
}

/** Also when nobody asked yet, once the map is there: the first click should not wait for code. */
function loadPanel(): void {
  if (panelAsked) return;
  panelAsked = true;
  void import('./panel/panel.js').then((module) => {
    panel = module;
    page.store.touch();
  });
}

function update(): void {
  render(header(page), element('header'));
  render(strip(), element('strip'));
  render(parameters(page), element('parameters'));
  render(tools(page), element('tools'));
  render(title(), element('title'));
  render(legend(page), element('legend'));
  render(timebar(page), element('timebar'));
  render(toasts(), element('toasts'));
  render(contextMenu(page), element('context'));
  render(shortcuts(page), element('help'));
  const { selection, t } = page;
  element('credit').textContent = page.map?.crs === undefined ? '' : `${t('credit')}. ${t(`crs${page.map.crs}`)}`;
  const hint = element('hint');
  hint.textContent = t('hint');
  hint.hidden = selection === undefined || page.state.feature !== undefined || page.state.tool !== undefined;
  document.body.classList.toggle('ready', selection !== undefined);
  sync(page);
  updatePanel();
  pointer.sync();
  player.sync();
  links.sync();
  const shape = page.state.feature !== undefined;
  if (document.body.classList.contains('with-panel') !== shape) {
    document.body.classList.toggle('with-panel', shape);
    element('panel').hidden = !shape;
    page.map?.resized();
  }
}

const inInput = (event: Event): boolean => (event.target as HTMLElement).closest('input, textarea, select') !== null;
const isButton = (event: Event): boolean =>
  (event.target as HTMLElement).closest('button, summary, a, [role=option]') !== null;

element('map').addEventListener('keydown', (event) => {
  if (pointer.mapKey(event)) event.preventDefault();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') {
    document.body.classList.remove('rail-open', 'menu-open');
    for (const menu of document.querySelectorAll('details[open].menu')) menu.removeAttribute('open');
    if (page.menuAt !== undefined) page.openMenu(undefined);
    else if (page.helpOpen) page.openHelp(false);
    else if (page.formOpen) page.openForm(false);
    else if (page.jobs.open) page.jobs.toggle(false);
    else if (page.state.tool !== undefined) page.store.dispatch({ type: 'tool', tool: undefined });
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || inInput(event) || page.helpOpen) return;
  if (event.key === ' ' && isButton(event)) return;
  if (pointer.pageKey(event)) event.preventDefault();
});
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details[open].menu')) {
    if (!menu.contains(event.target as Node)) menu.removeAttribute('open');
  }
  if (page.menuAt !== undefined && !element('context').contains(event.target as Node)) page.openMenu(undefined);
  const skip = (event.target as HTMLElement).closest<HTMLElement>('[data-skip]');
  if (skip !== null) {
    event.preventDefault();
    element(skip.dataset['skip']!).focus();
  }
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => page.store.touch());
new ResizeObserver(() => page.map?.resized()).observe(element('map'));

if (dropped.length > 0) page.toast(page.t('linkDropped', { names: dropped.join(', ') }));
loadModels(page);
void page.jobs.restore().catch(() => undefined);
page.store.touch();
