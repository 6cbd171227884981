/** The rail on the left: parameters by group with a filter, levels, overlays. */
import { html, type TemplateResult } from 'lit-html';
import type { Key } from '../i18n/t.js';
import { type Param, type Part, scaleFor } from '../model/catalogue.js';
import { numberText } from '../model/units.js';
import type { Page } from '../page/page.js';
import type { Overlay } from '../state/state.js';
import { icon } from './icons.js';
import { swatch } from './legend.js';

const GROUPS: Readonly<Record<string, Key>> = {
  sfc: 'groupSfc',
  pl: 'groupPl',
  ml: 'groupMl',
  hl: 'groupHl',
  pt: 'groupPt',
  o2d: 'groupO2d',
};

let filter = '';

function matches(param: Param): boolean {
  const words = [
    param.key,
    param.nomvar,
    param.shortName ?? '',
    param.standardName ?? '',
    param.label.en,
    param.label.fr,
  ];
  return words.some((word) => word.toLowerCase().includes(filter));
}

/** Arrow keys walk over the options of all groups; Home and End go to the ends. */
function walk(event: KeyboardEvent): void {
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  const move = moves[event.key];
  const list = (event.currentTarget as HTMLElement).closest('#parameters')!;
  const options = [...list.querySelectorAll<HTMLElement>('[role=option]')];
  if (move === undefined || options.length === 0) return;
  event.preventDefault();
  const from = options.indexOf(document.activeElement as HTMLElement);
  const to = Math.min(options.length - 1, Math.max(0, from < 0 ? 0 : from + move));
  options[to]!.focus();
}

function option(page: Page, part: Part, param: Param, isFirst: boolean): TemplateResult {
  const { selection, state, t } = page;
  const chosen = selection?.part === part && selection.param === param;
  const run = page.data.runs.get(part.id)?.find(({ id }) => id === selection?.run?.id);
  const key = param.components?.[0] ?? param.key;
  const absent = run !== undefined && !run.keys.has(key);
  const choose = (): void => {
    if (!absent) page.chooseParam(part, param);
  };
  return html`<li role="option" class="param" data-key=${param.key} data-part=${part.id} aria-selected=${chosen} aria-disabled=${absent} tabindex=${chosen || isFirst ? 0 : -1}
    title=${absent ? t('notInRun') : (param.standardName ?? param.label[state.lang])}
    @click=${choose} @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        choose();
      }
    }}>${swatch(scaleFor(param, selection?.level))}<span class="param-name">${param.label[state.lang]}</span><code>${param.key}</code></li>`;
}

function group(page: Page, part: Part, isOnly: boolean): TemplateResult | string {
  const params = part.params.filter(matches);
  if (params.length === 0) return '';
  const chosenHere = page.selection?.part === part;
  const title = page.t(GROUPS[part.levtype] ?? 'groupSfc');
  return html`<h2 id=${`group-${part.id}`}>${isOnly ? title : `${title} (${part.id.split('-').at(-1)})`}</h2>
    <ul role="listbox" aria-labelledby=${`group-${part.id}`} @keydown=${walk}>${params.map((param, n) => option(page, part, param, !chosenHere && n === 0))}</ul>`;
}

function levels(page: Page): TemplateResult {
  const { selection, t, store, state } = page;
  const part = selection?.part;
  const shown = part?.levtype === 'sfc' ? selection?.model.parts.find(({ levtype }) => levtype === 'pl') : part;
  const surface = part === undefined || part.levtype === 'sfc';
  if (shown === undefined || shown.levels.length === 0) return html``;
  const titles: Readonly<Record<string, Key>> = { pl: 'levelPl', hl: 'levelHl' };
  return html`<h2 id="level-title">${t(titles[shown.levtype] ?? 'level')}${surface ? html`<span class="note">${t('surfaceField')}</span>` : ''}</h2>
    <div class="levels" role="radiogroup" aria-labelledby="level-title">${shown.levels.map(
      (level) =>
        html`<button role="radio" ?disabled=${surface} aria-checked=${!surface && level === selection?.level} data-level=${level}
          @click=${() => store.dispatch({ type: 'set', part: { level } })}>${numberText(level, undefined, state.lang).replace(/[\s\u00a0\u202f,](?=\d{3}$)/, '')}</button>`,
    )}</div>`;
}

export function overlaysFor(page: Page): readonly (readonly [Overlay, Key])[] {
  const model = page.selection?.model;
  if (model === undefined) return [];
  const has = (nomvar: string, pressure = false): boolean =>
    model.parts.some(
      ({ levtype, params }) => (!pressure || levtype === 'pl') && params.some((param) => param.nomvar === nomvar),
    );
  return [
    ...(has('PN') ? [['msl', 'isobars'] as const] : []),
    ...(has('UV') ? [['barbs', 'barbs'] as const] : []),
    ...(has('GZ', true) ? [['gh', 'heights'] as const] : []),
    ['points', 'gridPoints'],
  ];
}

function overlays(page: Page): TemplateResult {
  const { t, state, store } = page;
  const known = overlaysFor(page);
  if (known.length === 0) return html``;
  return html`<h2>${t('overlays')}</h2>
    <div class="overlays">${known.map(([name, key]) => {
      const on = state.overlays.includes(name);
      return html`<button role="switch" aria-checked=${on} class="switch" data-overlay=${name} @click=${() => store.dispatch({ type: 'overlay', name, on: !on })}><span>${t(key)}</span><i aria-hidden="true"></i></button>`;
    })}</div>`;
}

export function parameters(page: Page): TemplateResult {
  const { t, selection } = page;
  const parts = selection?.model.parts ?? [];
  const alone = (part: Part): boolean => parts.filter(({ levtype }) => levtype === part.levtype).length === 1;
  return html`<div class="find">${icon('search')}<input id="find" type="search" placeholder=${t('findParam')} aria-label=${t('findParam')} autocomplete="off" @input=${(
    event: Event,
  ) => {
    filter = (event.target as HTMLInputElement).value.trim().toLowerCase();
    page.store.touch();
  }} @keydown=${walk}><kbd aria-hidden="true">/</kbd></div>
    <div class="groups">${parts.map((part) => group(page, part, alone(part)))}${levels(page)}${overlays(page)}</div>`;
}
