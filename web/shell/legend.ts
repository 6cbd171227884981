/** Legends and swatches, drawn from the same table as the map: equal bins, ticks under the boundaries, the end bins mean "and beyond". */
import { html, svg, type TemplateResult } from 'lit-html';
import type { Scale } from '../../schemas/styles.js';
import { paramFamily, unitFamily } from '../model/catalogue.js';
import { layerOf } from '../model/select.js';
import { ORIGIN } from '../model/server.js';
import { numberText, shown, type Unit, unitFor } from '../model/units.js';
import { areTooClose } from '../page/grid-points.js';
import { closeMenu, type Page } from '../page/page.js';
import { icon } from './icons.js';
import { overlaysFor } from './params.js';

const plain = (colour: string): string => (colour === 'none' ? 'transparent' : colour);

/** A small ramp of a scale. */
export function swatch(scale: Scale): TemplateResult {
  const count = 7;
  const colours = Array.from(
    { length: count },
    (_, n) => scale.colours[Math.round((n * (scale.colours.length - 1)) / (count - 1))]!,
  );
  return html`<svg class="swatch" viewBox="0 0 21 12" width="21" height="12" aria-hidden="true">${colours.map(
    (colour, n) => svg`<rect x=${n * 3} width="3.050" height="12" fill=${plain(colour)} />`,
  )}</svg>`;
}

const WIDTH = 340;

/** Units of scales as the server would deliver them. */
const SCALE_UCUM: Readonly<Record<string, string>> = { degC: 'Cel', 'm s-1': 'm/s' };

function bar(page: Page, scale: Scale): TemplateResult {
  const { selection, state } = page;
  const unit = unitFor(SCALE_UCUM[scale.unit] ?? scale.unit, unitFamily(selection!.param), state.units);
  const count = scale.colours.length;
  const wide = WIDTH / count;
  const every = Math.max(1, Math.ceil(scale.breaks.length / 9));
  const zero = scale.breaks.indexOf(0);
  const first = zero < 0 ? Math.floor((every - 1) / 2) : zero % every;
  const label = (value: number): string => numberText(Number(shown(value, unit).toPrecision(3)), undefined, state.lang);
  return html`<svg class="legend-bar" viewBox="0 0 ${WIDTH} 28" role="img" aria-label=${`${unit.text}: ${label(scale.breaks[0]!)} – ${label(scale.breaks.at(-1)!)}`}>
    <rect class="legend-ground" x="0" y="1" width=${WIDTH} height="9" rx="2" />
    ${scale.colours.map((colour, n) => svg`<rect class="legend-bin" x=${n * wide} y="1" width=${wide + 0.3} height="9" fill=${plain(colour)} />`)}
    ${scale.breaks.map((value, n) =>
      n % every === first
        ? svg`<text x=${(n + 1) * wide} y="25" text-anchor="middle">${label(value)}</text><path class="legend-tick" d=${`M${(n + 1) * wide} 10v4`} />`
        : '',
    )}
  </svg>`;
}

/** For fields of no known family the range is the server's; so is the picture of the legend. */
function image(page: Page): TemplateResult {
  const { layer, style } = layerOf(page.selection!);
  const query = new URLSearchParams({
    SERVICE: 'WMS',
    VERSION: '1.3.0',
    REQUEST: 'GetLegendGraphic',
    SLD_VERSION: '1.1.0',
    LAYER: layer,
    STYLE: style,
    FORMAT: 'image/png',
  });
  return html`<img class="legend-image" alt="" src=${`${ORIGIN}/wms?${query}`}>`;
}

export function notes(page: Page): string {
  const { t, state } = page;
  const known = overlaysFor(page).map(([name]) => name);
  const on = state.overlays.filter((name) => known.includes(name));
  const text = {
    msl: t('isobarsNote'),
    barbs: t('barbsNote'),
    gh: t('heightsNote'),
    points: areTooClose(page) ? t('pointsFar') : '',
  };
  return on
    .map((name) => text[name])
    .filter(Boolean)
    .join(', ');
}

/** The unit, and behind it the range of the colours: first and last break, in the unit that is shown. */
function rangeMenu(page: Page, scale: Scale, unit: Unit): TemplateResult {
  const { t, state, store } = page;
  const use = (range: readonly [number, number] | undefined, event: Event): void => {
    event.preventDefault();
    closeMenu(event);
    store.dispatch({ type: 'set', part: { scale: range } });
  };
  const submit = (event: SubmitEvent): void => {
    const form = new FormData(event.target as HTMLFormElement);
    const [low, high] = ['low', 'high'].map((name) =>
      Number(((Number(form.get(name)) - unit.offset) / unit.scale).toPrecision(6)),
    );
    if (low! < high!) use([low!, high!], event);
    else event.preventDefault();
  };
  const field = (name: string, label: string, value: number): TemplateResult =>
    html`<label>${label}<input name=${name} type="number" step="any" required .value=${String(Number(shown(value, unit).toPrecision(4)))}></label>`;
  const known = scale.family !== 'other' || state.scale !== undefined;
  const [low, high] = known ? [scale.breaks[0]!, scale.breaks.at(-1)!] : [0, 1];
  return html`<details class="menu range" name="legend-menu"><summary aria-label=${`${t('scaleRange')}: ${unit.text}`} title=${t('scaleRange')}><b>${unit.text || scale.unitText || '1'}</b>${icon('chevron')}</summary><form class="card pop range-form" @submit=${submit}><b>${t('scaleRange')}</b>${field('low', t('scaleFrom'), low)}${field('high', t('scaleTo'), high)}
    <div><button class="button primary" type="submit">${t('apply')}</button>${state.scale === undefined ? '' : html`<button class="button" type="button" id="range-reset" @click=${(event: Event) => use(undefined, event)}>${t('scaleReset')}</button>`}</div></form></details>`;
}

export function legend(page: Page): TemplateResult {
  const { selection, state } = page;
  if (selection === undefined) return html``;
  const { scale } = page;
  const family = paramFamily(selection.param);
  const unit = unitFor(SCALE_UCUM[scale.unit] ?? scale.unit, unitFamily(selection.param), state.units);
  const head = html`<div class="legend-head">${rangeMenu(page, scale, unit)}<span>${notes(page)}</span></div>`;
  return html`${head}${family === 'other' && state.scale === undefined ? image(page) : bar(page, scale)}`;
}
