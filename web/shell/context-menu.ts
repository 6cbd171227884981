/** The menu of a place of the map, by right click, long press or the menu key. */
import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { placeText } from '../geo/sphere.js';
import type { Key } from '../i18n/t.js';
import type { Page } from '../page/page.js';

const [WIDTH, HEIGHT] = [210, 180];

/** Moves the focus among the items. */
function walk(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[role=menuitem]')];
  const from = items.indexOf(document.activeElement as HTMLElement);
  items[(from + step + items.length) % items.length]?.focus();
}

export function contextMenu(page: Page): TemplateResult | typeof nothing {
  const { menuAt, t, state, store } = page;
  if (menuAt === undefined) return nothing;
  const { at, x, y } = menuAt;
  const here = [Number(at[0].toFixed(4)), Number(at[1].toFixed(4))] as const;
  const point = (tab: 'met' | 'prof') => (): void => {
    store.dispatch({ type: 'set', part: { tab } });
    page.choose({ kind: 'pt', at: here });
  };
  const items: readonly (readonly [Key, () => void])[] = [
    ['tabMet', point('met')],
    ['tabProf', point('prof')],
    [
      'startTrack',
      () => {
        store.dispatch({ type: 'tool', tool: 'track' });
        page.map?.drawing?.click(here, { start: 0, levels: [] });
        store.touch();
      },
    ],
    ['copyPlace', () => void page.copy(`${here[0]}, ${here[1]}`, t('copied'))],
  ];
  const box = document.getElementById('map')!.getBoundingClientRect();
  const place = (element: Element | undefined): void => {
    if (!(element instanceof HTMLElement)) return;
    element.style.left = `${Math.min(x, box.width - WIDTH)}px`;
    element.style.top = `${Math.min(y, box.height - HEIGHT)}px`;
    // the items come after their frame
    queueMicrotask(() => {
      if (!element.contains(document.activeElement)) element.querySelector<HTMLElement>('button')?.focus();
    });
  };
  return html`<div class="card place-menu" role="menu" aria-label=${placeText(at, state.lang)} ${ref(place)} @keydown=${walk}><p aria-hidden="true">${placeText(at, state.lang)}</p>${items.map(
    ([key, run]) =>
      html`<button role="menuitem" tabindex="-1" @click=${() => {
        page.openMenu(undefined);
        run();
      }}>${t(key)}</button>`,
  )}</div>`;
}
