/** The tools on the map: shapes, coordinates, zoom, projection. */
import { html, type TemplateResult } from 'lit-html';
import { pathKm, placeText, ringCrossing, ringKm2 } from '../geo/sphere.js';
import type { Key } from '../i18n/t.js';
import type { Page } from '../page/page.js';
import type { Crs, FeatureKind } from '../state/state.js';
import { icon } from './icons.js';

const TOOLS: readonly (readonly [FeatureKind, Key, string])[] = [
  ['pt', 'toolPt', 'P'],
  ['poly', 'toolPoly', 'G'],
  ['box', 'toolBox', 'B'],
  ['circ', 'toolCirc', 'C'],
  ['frame', 'toolFrame', 'F'],
  ['track', 'toolTrack', 'T'],
];

export const TOOL_KEYS: ReadonlyMap<string, FeatureKind> = new Map(
  TOOLS.map(([kind, , key]) => [key.toLowerCase(), kind]),
);

const CRS_KEYS: readonly (readonly [Crs, Key])[] = [
  ['5937', 'crs5937'],
  ['3857', 'crs3857'],
  ['84', 'crs84'],
];

/** Length or area of what is being drawn. */
function measure(page: Page): string {
  const clicks = page.map?.drawing?.clicks ?? [];
  const { tool, lang } = page.state;
  const number = new Intl.NumberFormat(`${lang}-CA`, { maximumFractionDigits: 0 });
  if (tool === 'poly' && clicks.length > 2) {
    const crossing = ringCrossing(clicks);
    return crossing === undefined
      ? `${number.format(ringKm2(clicks))} km²`
      : page.t('crossing', { place: placeText(crossing, lang, 1) });
  }
  return clicks.length > 1 ? `${number.format(pathKm(clicks))} km` : '';
}

export function tools(page: Page): TemplateResult {
  const { t, state, store, map } = page;
  const active = state.tool ?? 'pt';
  const extent = measure(page);
  return html`<div class="toolbar card" role="toolbar" aria-orientation="vertical" aria-label=${t('toolForm')}>
      ${TOOLS.map(
        ([kind, key, letter]) =>
          html`<button class="tool" data-tool=${kind} aria-pressed=${kind === active} aria-label=${t(key)} title=${`${t(key)} (${letter})`} aria-keyshortcuts=${letter} @click=${() => store.dispatch({ type: 'tool', tool: kind })}>${icon(kind)}</button>`,
      )}
      <hr><button class="tool" data-tool="form" aria-label=${t('toolForm')} title=${`${t('toolForm')} (K)`} aria-keyshortcuts="K" @click=${() => page.openForm()}>${icon('form')}</button>
      <hr><button class="tool" aria-label=${t('zoomIn')} title=${t('zoomIn')} @click=${() => map?.zoomBy(1)}>${icon('plus')}</button>
      <button class="tool" aria-label=${t('zoomOut')} title=${t('zoomOut')} @click=${() => map?.zoomBy(-1)}>${icon('minus')}</button>
      <details class="menu side" name="map-menu"><summary class="tool" aria-label=${t('projection')} title=${t('projection')}>${icon('globe')}</summary><div class="card pop" role="radiogroup" aria-label=${t('projection')}>${CRS_KEYS.map(
        ([crs, key]) =>
          html`<button role="radio" data-crs=${crs} aria-checked=${map?.crs === crs} @click=${(event: Event) => page.chooseCrs(crs, event)}>${t(key)}</button>`,
      )}</div></details>
    </div>
    <button class="fab card" aria-label=${t('toolPoly')} @click=${() => document.body.classList.toggle('tools-open')}>${icon('poly')}</button>
    ${state.tool !== undefined && state.tool !== 'pt' ? html`<div class="draw-help card" role="status">${t('drawHelp')}${extent === '' ? '' : html` <b>${extent}</b>`}</div>` : ''}`;
}
