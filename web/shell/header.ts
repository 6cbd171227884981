/** The bar at the top: what is shown of which run, and how the page is set. */
import { html, type TemplateResult } from 'lit-html';
import type { Key } from '../i18n/t.js';
import { type Run, scaleFor } from '../model/catalogue.js';
import type { Selection } from '../model/select.js';
import { dateText, runBase } from '../model/times.js';
import { numberText } from '../model/units.js';
import { closeMenu, type Page } from '../page/page.js';
import type { UnitFamily } from '../state/state.js';
import { UNIT_CHOICES } from '../state/state.js';
import { icon, logo } from './icons.js';
import { swatch } from './legend.js';

/** `2025-01-16 00 UTC` */
export const runName = (base: number): string => {
  const text = new Date(base).toISOString();
  const minutes = text.slice(14, 16) === '00' ? '' : `:${text.slice(14, 16)}`;
  return `${text.slice(0, 10)} ${text.slice(11, 13)}${minutes} UTC`;
};

/** `16 Jan 00 UTC` */
export const runShort = (base: number, lang: string): string =>
  `${dateText(base, lang, 'utc')} ${new Date(base).toISOString().slice(11, 13)} UTC`;

const LEVEL_UNITS: Readonly<Record<string, string>> = { pl: ' hPa', hl: ' m', pt: ' K', o2d: ' m' };

/** What is shown, with its level: `Temperature 850 hPa`. */
export function fieldName({ state }: Page, { param, part, level }: Selection): string {
  const at =
    level === undefined ? '' : ` ${numberText(level, undefined, state.lang)}${LEVEL_UNITS[part.levtype] ?? ''}`;
  return param.label[state.lang] + at;
}

function runLabel(page: Page, run: Run): string {
  const name = runName(run.base);
  if (run.complete) return page.t('runSteps', { run: name, steps: run.steps });
  return page.t('runPartial', { run: name, steps: run.steps, expected: run.expectedSteps });
}

function select(
  label: string,
  id: string,
  value: string,
  options: readonly { readonly value: string; readonly text: string; readonly off?: boolean }[],
  choose: (value: string) => void,
  shownText?: string,
): TemplateResult {
  return html`<label class="picker" for=${id}><span class="picker-name">${label}</span><span class="picker-text" aria-hidden="true">${shownText ?? options.find((one) => one.value === value)?.text ?? ''}</span><select id=${id} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>${options.map(
    (one) =>
      html`<option value=${one.value} ?selected=${one.value === value} ?disabled=${one.off === true}>${one.text}</option>`,
  )}</select>${icon('chevron')}</label>`;
}

function pickers(page: Page): TemplateResult {
  const { t, selection, data, store, state } = page;
  if (selection === undefined) return html`<div class="pickers"></div>`;
  const { model, part, run, member } = selection;
  const models = (data.models ?? []).map(({ name, title }) => ({ value: name, text: title }));
  const known = data.runs.get(part.id) ?? [];
  const newest = known.find(({ complete }) => complete) ?? known[0];
  const runs = known.map((one) => ({ value: one.id, text: runLabel(page, one), off: one.steps === 0 }));
  const hasSingle = part.single !== undefined || part.numbers.length === 0;
  const members = [
    ...(hasSingle ? [{ value: '-1', text: t('deterministic') }] : []),
    ...part.numbers.map((n) => ({ value: String(n), text: t('memberN', { n }) })),
  ];
  const memberText =
    member < 0 && part.numbers.length > 0 ? t('controlPlots', { count: part.numbers.length }) : undefined;
  return html`<div class="pickers">
    ${select(t('collection'), 'pick-collection', model.name, models, (name) => page.chooseModel(name))}
    ${select(
      t('run'),
      'pick-run',
      run?.id ?? '',
      runs,
      (id) => {
        store.dispatch({ type: 'set', part: { run: id === newest?.id ? 'latest' : id, time: keptTime(page, id) } });
      },
      run === undefined ? '' : runName(run.base),
    )}
    ${members.length > 1 ? select(t('member'), 'pick-member', String(member), members, (n) => store.dispatch({ type: 'set', part: { member: Number(n) } }), memberText) : ''}
    ${state.run !== 'latest' && newest !== undefined && newest.id !== run?.id ? html`<button class="chip" @click=${() => store.dispatch({ type: 'set', part: { run: 'latest' } })}>${t('newestRun')}</button>` : ''}
  </div>`;
}

/** The same instant where the other run has it, else the same lead. */
function keptTime(page: Page, id: string): string {
  const run = page.selection?.run;
  if (run === undefined || Number.isNaN(page.time)) return '';
  const base = runBase(id);
  const other = (page.data.runs.get(page.selection!.part.id) ?? []).find((one) => one.id === id);
  const lead = page.time - run.base;
  const inside = other !== undefined && page.time >= base && page.time <= (other.times.at(-1) ?? base);
  return inside ? page.state.time : `+${lead / 3_600_000}h`;
}

function toggle<T extends string>(
  label: string,
  value: T,
  choices: readonly (readonly [value: T, text: string])[],
  choose: (value: T) => void,
): TemplateResult {
  return html`<div class="toggle" role="radiogroup" aria-label=${label}>${choices.map(
    ([one, text]) =>
      html`<button role="radio" aria-checked=${one === value} @click=${() => choose(one)}>${text}</button>`,
  )}</div>`;
}

const UNIT_LABELS: Readonly<Record<UnitFamily, Key>> = {
  temperature: 'unitTemperature',
  wind: 'unitWind',
  precip: 'unitPrecip',
  pressure: 'unitPressure',
  height: 'unitHeight',
};

export function unitMenu(page: Page): TemplateResult {
  const { t, state, store } = page;
  const families = Object.keys(UNIT_CHOICES) as UnitFamily[];
  return html`<fieldset class="unit-menu"><legend>${t('units')}</legend>${families.map(
    (family) =>
      html`<label>${t(UNIT_LABELS[family])}<select data-unit=${family} @change=${(event: Event) =>
        store.dispatch({ type: 'unit', family, unit: (event.target as HTMLSelectElement).value })}>${UNIT_CHOICES[
        family
      ].map(
        (unit) =>
          html`<option value=${unit} ?selected=${unit === (state.units[family] ?? UNIT_CHOICES[family][0])}>${unit === 'C' || unit === 'F' ? `°${unit}` : unit}</option>`,
      )}</select></label>`,
  )}</fieldset>`;
}

export const isDark = (page: Page): boolean => {
  const { theme } = page.state;
  return theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
};

function settings(page: Page): TemplateResult {
  const { t, state, store } = page;
  const dark = isDark(page);
  const running = page.jobs.running;
  return html`<div class="settings">
    ${toggle(
      t('timeZone'),
      state.zone,
      [
        ['utc', t('utc')],
        ['local', t('local')],
      ],
      (zone) => store.dispatch({ type: 'set', part: { zone } }),
    )}
    <details class="menu" name="header-menu"><summary class="ghost" aria-label=${t('units')} title=${t('units')}>${unitGlyph}</summary><div class="card pop">${unitMenu(page)}</div></details>
    <a class="ghost" href="docs" aria-label=${t('api')} title=${t('api')}>${icon('code')}</a>
    <details class="menu" name="header-menu"><summary class="ghost" aria-label=${t('copyLink')} title=${t('copyLink')}>${icon('link')}</summary><div class="card pop">
      <button @click=${(event: Event) => page.copyLink(false, event)}>${t('linkThisRun')}</button>
      <button @click=${(event: Event) => page.copyLink(true, event)}>${t('linkNewest')}</button>
      <button @click=${(event: Event) => page.savePicture(event)}>${t('savePicture')}</button>
      <button @click=${(event: Event) => {
        closeMenu(event);
        page.openHelp();
      }}>${t('shortcuts')}</button></div></details>
    <button class="ghost" id="jobs-button" aria-label=${`${t('jobs')}${running > 0 ? ` (${running})` : ''}`} title=${t('jobs')} aria-expanded=${page.jobs.open} @click=${() => page.jobs.toggle()}>${icon('list')}${running > 0 ? html`<span class="badge" aria-hidden="true">${running}</span>` : ''}</button>
    <button class="ghost" aria-label=${dark ? t('themeLight') : t('themeDark')} title=${dark ? t('themeLight') : t('themeDark')} @click=${() => store.dispatch({ type: 'set', part: { theme: dark ? 'light' : 'dark' } })}>${icon(dark ? 'sun' : 'moon')}</button>
    ${toggle(
      t('language'),
      state.lang,
      [
        ['en', 'EN'],
        ['fr', 'FR'],
      ],
      (lang) => store.dispatch({ type: 'set', part: { lang } }),
    )}
  </div>`;
}

const unitGlyph = html`<span class="unit-glyph" aria-hidden="true">°C</span>`;

export function header(page: Page): TemplateResult {
  const { t, selection } = page;
  return html`<a class="brand" href="./">${logo()}<span>${t('appTitle')}</span></a>
    <button class="phone-chip card" aria-label=${t('layers')} @click=${() => page.toggleRail()}>${selection === undefined ? '' : swatch(scaleFor(selection.param, selection.level))}<span class="chip-title">${selection === undefined ? '' : fieldName(page, selection)}</span><span class="chip-sub">${selection?.run === undefined ? '' : `${selection.model.title}, ${t('run').toLowerCase()} ${runShort(selection.run.base, page.state.lang)}`}</span></button>
    ${pickers(page)}
    <button class="ghost phone-only card round" aria-label=${t('layers')} @click=${() => page.toggleRail()}>${icon('layers')}</button>
    <button class="ghost phone-only card round" aria-label=${t('menu')} aria-expanded=${document.body.classList.contains('menu-open')} @click=${() => page.toggleMenu()}>${icon('menu')}</button>
    ${settings(page)}`;
}
