/** The form that makes any shape without a pointer: kind, points as text, radius, times. Equal to drawing, and linked with it. */
import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { Key } from '../i18n/t.js';
import type { Page } from '../page/page.js';
import { icon } from '../shell/icons.js';
import type { FeatureKind } from '../state/state.js';
import { featureOf, leastPoints, linesOf, parsePlaces } from './form-text.js';

const KINDS: readonly (readonly [FeatureKind, Key])[] = [
  ['pt', 'toolPt'],
  ['poly', 'toolPoly'],
  ['box', 'toolBox'],
  ['circ', 'toolCirc'],
  ['frame', 'toolFrame'],
  ['track', 'toolTrack'],
];

let kind: FeatureKind = 'poly';
let text = '';
let km = 100;
let hours = '';
let error = '';
let wasOpen = false;
let opener: HTMLElement | null = null;

function take(page: Page): void {
  const { feature, tool } = page.state;
  kind = feature?.kind ?? tool ?? 'poly';
  text = linesOf(feature);
  km = feature?.kind === 'circ' ? feature.km : 100;
  hours = feature?.kind === 'track' ? feature.vertices.map((vertex) => vertex.hours).join(' ') : '';
  error = '';
}

function apply(page: Page): void {
  const parsed = parsePlaces(text);
  if (!parsed.ok) error = page.t('formLine', { n: parsed.line, text: parsed.text });
  else if (parsed.places.length < leastPoints(kind)) error = page.t('formFew', { n: leastPoints(kind) });
  else {
    const { selection, time } = page;
    const levtype = selection?.part.levtype;
    const feature = featureOf({
      kind,
      text,
      km,
      hours: hours
        .split(/[\s,;]+/)
        .filter((word) => word !== '')
        .map(Number),
      levels: levtype === 'pl' || levtype === 'ml' ? (selection?.part.levels ?? []) : [],
      start: selection?.run === undefined || Number.isNaN(time) ? 0 : (time - selection.run.base) / 3_600_000,
    });
    error = feature === undefined ? page.t('formFew', { n: leastPoints(kind) }) : '';
    if (feature !== undefined) {
      page.store.dispatch({ type: 'tool', tool: undefined });
      page.choose(feature);
      page.openForm(false);
      queueMicrotask(() => document.getElementById('panel')?.focus());
      return;
    }
  }
  page.store.touch();
}

function form(page: Page): TemplateResult {
  const { t } = page;
  const again = (): void => page.store.touch();
  return html`<form class="card shape-form" role="dialog" aria-modal="false" aria-labelledby="form-title" @submit=${(
    event: Event,
  ) => {
    event.preventDefault();
    apply(page);
  }}><div class="drawer-head"><h2 id="form-title">${t('formTitle')}</h2><button type="button" class="ghost" aria-label=${t('close')} @click=${() => page.openForm(false)}>${icon('close')}</button></div>
    <label>${t('formKind')}<select id="form-kind" class="plain-select" @change=${(event: Event) => {
      kind = (event.target as HTMLSelectElement).value as FeatureKind;
      again();
    }}>${KINDS.map(([one, key]) => html`<option value=${one} ?selected=${one === kind}>${t(key)}</option>`)}</select></label>
    <label>${t('formText')}<textarea id="form-points" rows="7" spellcheck="false" aria-describedby="form-help form-error" aria-invalid=${error !== ''} .value=${text} @input=${(
      event: Event,
    ) => {
      text = (event.target as HTMLTextAreaElement).value;
    }}></textarea></label><p id="form-help" class="footer">${t('formHelp')}</p>
    ${
      kind === 'circ'
        ? html`<label>${t('formRadius')}<input id="form-km" type="number" min="0.1" step="any" .value=${String(km)} @input=${(
            event: Event,
          ) => {
            km = Number((event.target as HTMLInputElement).value);
          }}></label>`
        : nothing
    }
    ${
      kind === 'track'
        ? html`<label>${t('formHours')}<input id="form-hours" type="text" .value=${hours} @input=${(event: Event) => {
            hours = (event.target as HTMLInputElement).value;
          }}></label>`
        : nothing
    }
    <p id="form-error" class="form-error" role="alert">${error}</p>
    <button class="button primary" type="submit">${t('apply')}</button></form>`;
}

export function updateForm(page: Page, element: HTMLElement): void {
  if (page.formOpen && !wasOpen) {
    opener = document.activeElement as HTMLElement | null;
    take(page);
  }
  render(page.formOpen ? form(page) : nothing, element);
  if (page.formOpen && !wasOpen) document.getElementById('form-kind')?.focus();
  if (!page.formOpen && wasOpen && !document.getElementById('panel')?.contains(document.activeElement)) opener?.focus();
  wasOpen = page.formOpen;
}
