/** The meteogram: rows over one time axis, drawn once for their data; the line of the map's time moves by itself. */
import { html, type TemplateResult } from 'lit-html';
import type uPlot from 'uplot';
import { drawTimeChart, type TimeChart } from '../charts/time-chart.js';
import { nights } from '../geo/solar.js';
import { windOf } from '../model/stats.js';
import { clockText, dayText, nearestIndex } from '../model/times.js';
import { numberText, shown, type Unit, unitFor } from '../model/units.js';
import type { Page } from '../page/page.js';
import type { LatLon } from '../state/state.js';
import { type Base, type PlumeView, pressureChart, rainChart, temperatureChart, windChart } from './met-charts.js';
import { type Line, type MetRows, valueAt } from './met-series.js';
import { barbStrip, cloudStrip, speedLine } from './met-strips.js';

const HOUR = 3_600_000;

interface Drawn {
  readonly key: string;
  readonly plots: readonly uPlot[];
  time: number;
}

let drawn: Drawn | undefined;
const VIEWS: readonly PlumeView[] = ['spread', 'members', 'boxes'];
let view: PlumeView = 'spread';
/** instant under the pointer; undefined: that of the map */
let cursor: number | undefined;

function units(page: Page, rows: MetRows): Readonly<Record<'temperature' | 'rain' | 'wind' | 'pressure', Unit>> {
  const chosen = page.state.units;
  return {
    temperature: unitFor(rows.temperature?.unit ?? 'Cel', 'temperature', chosen),
    rain: unitFor(rows.rain?.unit ?? 'm', 'precip', chosen),
    wind: unitFor(rows.u?.unit ?? 'm/s', 'wind', chosen),
    pressure: unitFor(rows.pressure?.unit ?? 'Pa', 'pressure', chosen),
  };
}

function legendLine(kind: string, text: string): TemplateResult {
  return html`<span class="key"><svg width="18" height="8" aria-hidden="true"><path class=${`key-${kind}`} d="M0 4h18" /></svg>${text}</span>`;
}

function at(line: Line | undefined, time: number): number {
  return line === undefined ? Number.NaN : valueAt(line, time);
}

function summary(page: Page, rows: MetRows, unit: Unit): string {
  const { lang, zone } = page.state;
  const { times = [], values = [] } = rows.temperature?.line ?? {};
  if (values.length === 0) return '';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const when = times[values.indexOf(high)]!;
  return page.t('summaryTemp', {
    low: numberText(shown(low, unit), 0, lang),
    high: numberText(shown(high, unit), 0, lang),
    unit: unit.text,
    when: `${dayText(when, lang, zone)} ${clockText(when, lang, zone)}`,
  });
}

/** How an ensemble is drawn, where there is one. */
function views(page: Page, rows: MetRows): TemplateResult | string {
  const { t } = page;
  if (!rows.temperature?.plume?.quantiles.length) return '';
  const choose = (one: PlumeView): void => {
    view = one;
    page.store.touch();
  };
  return html`<div class="row-head"><h3>${t('ensemble')}</h3><div class="toggle" role="radiogroup" aria-label=${t('plumeView')}>${VIEWS.map((one) => html`<button role="radio" aria-checked=${one === view} data-view=${one} @click=${() => choose(one)}>${t(one)}</button>`)}</div></div>`;
}

/** What stands over the rows, and the places that plots are drawn in. */
export function metTab(page: Page, rows: MetRows, width: number, place: LatLon): TemplateResult {
  const { t, state } = page;
  const all = units(page, rows);
  const time = cursor ?? page.time;
  const number = (value: number, unit: Unit): string =>
    `${numberText(shown(value, unit), unit.digits, state.lang)} ${unit.text}`;
  const wind = speedLine(rows);
  const from = windOf(at(rows.u?.line, time), at(rows.v?.line, time)).from;
  const amount = rows.rain?.amounts.find((one) => time > one.from && time <= one.to)?.value ?? Number.NaN;
  const cloud = rows.cloud[0];
  const spread = rows.temperature?.plume?.quantiles.length
    ? html`<span class="key"><i class="key-band" aria-hidden="true"></i>${t(view)}</span>`
    : rows.temperature?.plume === undefined
      ? ''
      : legendLine('member', t('members'));
  const aloft = rows.level === undefined ? '' : ` ${rows.level} hPa`;
  return html`<div class="met">${views(page, rows)}
    ${cloud === undefined ? '' : html`<div class="row-head"><h3>${t('cloud')}</h3><b>${numberText(at(cloud.line, time) * (cloud.unit === '%' ? 1 : 100), 0, state.lang)} %</b></div>${cloudStrip(page, rows, width)}`}
    ${rows.temperature === undefined ? '' : html`<div class="row-head"><h3>${t('temperature')}${aloft}</h3>${aloft === '' ? legendLine('temp', t('temperature2m')) : ''}${rows.dewPoint === undefined ? '' : legendLine('dew', t('dewPoint'))}${spread}<b>${number(at(rows.temperature.line, time), all.temperature)}</b></div><div class="plot" data-plot="temperature" role="img" aria-label=${`${t('temperature')}. ${summary(page, rows, all.temperature)}`}></div>`}
    ${rows.rain === undefined ? '' : html`<div class="row-head"><h3>${t('precipitation')}</h3><span class="key">${t('precipNote', { step: stepName(rows) })}</span><b>${number(amount, all.rain)}</b></div><div class="plot" data-plot="rain" role="img" aria-label=${t('precipitation')}></div>`}
    ${wind === undefined ? '' : html`<div class="row-head"><h3>${aloft === '' ? t('wind') : `${t('unitWind')}${aloft}`}</h3>${legendLine('wind', t('mean'))}${rows.gust === undefined ? '' : legendLine('gust', t('gust'))}<b>${Number.isNaN(from) ? '–' : `${Math.round(from)}° ${number(at(wind.line, time), all.wind)}`}</b></div>${barbStrip(rows, width, place[0])}<div class="plot" data-plot="wind" role="img" aria-label=${t('wind')}></div>`}
    ${rows.pressure === undefined ? '' : html`<div class="row-head"><h3>${t('pressure')}</h3><b>${number(at(rows.pressure.line, time), all.pressure)}</b></div><div class="plot" data-plot="pressure" role="img" aria-label=${t('pressure')}></div>`}
  </div>`;
}

function stepName({ rain }: MetRows): string {
  const { from, to } = rain?.amounts.at(-1) ?? { from: 0, to: HOUR };
  return `${(to - from) / HOUR} h`;
}

/** Draws the plots of a meteogram when what they show has changed, and moves the line of time otherwise. */
export function drawMeteogram(page: Page, element: HTMLElement, rows: MetRows, place: LatLon, dataKey: string): void {
  const { state } = page;
  const width = element.clientWidth;
  const theme = document.documentElement.dataset['theme'];
  const key = `${dataKey} ${width} ${theme} ${state.lang} ${state.zone} ${view} ${JSON.stringify(state.units)}`;
  const slots = [...element.querySelectorAll<HTMLElement>('.plot')];
  const isThere = slots.every((slot) => slot.firstChild !== null);
  if (drawn?.key === key && isThere) {
    if (drawn.time !== page.time) for (const plot of drawn.plots) plot.redraw(false, false);
    drawn.time = page.time;
    return;
  }
  for (const plot of drawn?.plots ?? []) plot.destroy();
  const all = units(page, rows);
  const base: Base = {
    from: rows.from,
    to: rows.to,
    nights: nights(rows.from, rows.to, place),
    lang: state.lang,
    zone: state.zone,
    shown: () => page.time,
    onTime: (ms) => page.showIndex(nearestIndex(page.times, ms)),
    onCursor: (ms) => {
      if (cursor === ms) return;
      cursor = ms;
      page.store.touch();
    },
  };
  const wind = speedLine(rows);
  const last = slots.at(-1)?.dataset['plot'];
  const charts: Readonly<Record<string, () => TimeChart>> = {
    temperature: () =>
      temperatureChart(base, rows.temperature!, rows.dewPoint, all.temperature, last === 'temperature', view),
    rain: () => rainChart(base, rows.rain!, all.rain, last === 'rain'),
    wind: () => windChart(base, wind!, rows.gust, all.wind, last === 'wind'),
    pressure: () => pressureChart(base, rows.pressure!, all.pressure, last === 'pressure'),
  };
  const plots = slots.map((slot) => drawTimeChart(slot, charts[slot.dataset['plot']!]!()));
  drawn = { key, plots, time: page.time };
}
