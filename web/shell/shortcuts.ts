/** The list of keys, and the choice not to have single letters as shortcuts. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { Key } from '../i18n/t.js';
import type { Page } from '../page/page.js';
import { icon } from './icons.js';

const KEYS: readonly (readonly [keys: string, text: Key])[] = [
  ['/', 'findParam'],
  ['P', 'toolPt'],
  ['G', 'toolPoly'],
  ['B', 'toolBox'],
  ['C', 'toolCirc'],
  ['F', 'toolFrame'],
  ['T', 'toolTrack'],
  ['K', 'toolForm'],
  ['J', 'jobs'],
  ['␣', 'keyPlay'],
  [', .', 'keyStep'],
  ['⇧ , .', 'keyLeap'],
  ['← ↑ → ↓', 'keyPan'],
  ['+ −', 'keyZoom'],
  ['⏎', 'keyEnter'],
  ['Esc', 'keyEscape'],
  ['?', 'shortcuts'],
];

let opener: Element | null = null;

/** The ref is set again at each rendering: only the first finds the focus elsewhere. */
const focusFirst = (element: Element | undefined): void => {
  if (element === undefined) {
    if (opener instanceof HTMLElement) opener.focus();
    return;
  }
  if (!element.contains(document.activeElement)) opener = document.activeElement;
  queueMicrotask(() => {
    if (!element.contains(document.activeElement)) element.querySelector<HTMLElement>('button')?.focus();
  });
};

export function shortcuts(page: Page): TemplateResult | typeof nothing {
  if (!page.helpOpen) return nothing;
  const { t } = page;
  return html`<div class="card help" role="dialog" aria-modal="false" aria-labelledby="help-title" ${ref(focusFirst)}><div class="drawer-head"><h2 id="help-title">${t('shortcuts')}</h2><button class="ghost" aria-label=${t('close')} @click=${() => page.openHelp(false)}>${icon('close')}</button></div>
    <dl>${KEYS.map(([keys, text]) => html`<div><dt><kbd>${keys}</kbd></dt><dd>${t(text)}</dd></div>`)}</dl>
    <label><input type="checkbox" .checked=${page.letters} @change=${(event: Event) => page.useLetters((event.target as HTMLInputElement).checked)}> ${t('useLetters')}</label></div>`;
}
