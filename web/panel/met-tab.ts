/** The meteogram: rows over one time axis, drawn once for their data; the line of the map's time moves by itself. */
import { html, svg, type TemplateResult } from 'lit-html';
import type uPlot from 'uplot';
import { barbOf } from '../charts/barb.js';
import { drawTimeChart, LEFT, look, RIGHT, type TimeChart } from '../charts/time-chart.js';
import { nights } from '../geo/solar.js';
import { blockSums, windOf } from '../model/stats.js';
import { clockText, dayText, nearestIndex } from '../model/times.js';
import { numberText, shown, type Unit, unitFor } from '../model/units.js';
import type { Page } from '../page/page.js';
import type { LatLon } from '../state/state.js';
import { type Line, type MetRows, type Plume, type Row, valueAt } from './met-series.js';
import { boxesOf, drawBoxes } from './plume-boxes.js';

const HOUR = 3_600_000;
const KNOT = 0.514444;

interface Drawn {
  readonly key: string;
  readonly plots: readonly uPlot[];
  time: number;
}

let drawn: Drawn | undefined;
/** how an ensemble is drawn: quantiles as bands, every member as a line, or a box each 6 hours */
type PlumeView = 'spread' | 'members' | 'boxes';
const VIEWS: readonly PlumeView[] = ['spread', 'members', 'boxes'];
let view: PlumeView = 'spread';
/** instant under the pointer; undefined: that of the map */
let cursor: number | undefined;

function speedLine({ u, v }: MetRows): { readonly line: Line; readonly unit: string } | undefined {
  if (u === undefined || v === undefined) return undefined;
  const times = u.line.times.filter((time) => v.line.times.includes(time));
  const values = times.map((time) => Math.hypot(valueAt(u.line, time), valueAt(v.line, time)));
  return { line: { times, values }, unit: u.unit };
}

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

function cloudStrip(page: Page, rows: MetRows, width: number): TemplateResult {
  const inner = Math.max(100, width - LEFT - RIGHT);
  const span = rows.to - rows.from || 1;
  const height = rows.cloud.length > 1 ? 9 : 14;
  return html`<svg class="cloud-strip" height=${height * rows.cloud.length + 2} role="img" aria-label=${page.t('cloud')} width=${inner} viewBox=${`0 0 ${inner} ${height * rows.cloud.length + 2}`}>
    <rect class="cloud-ground" width=${inner} height=${height * rows.cloud.length} />
    ${rows.cloud.map(({ line, unit }, n) =>
      line.times.slice(1).map((time, k) => {
        const from = ((line.times[k]! - rows.from) / span) * inner;
        const to = ((time - rows.from) / span) * inner;
        const share = Math.min(1, Math.max(0, line.values[k + 1]! / (unit === '%' ? 100 : 1)));
        return svg`<rect class="cloud-cell" x=${from} y=${n * height} width=${to - from + 0.4} height=${height} fill-opacity=${share.toFixed(3)} />`;
      }),
    )}</svg>`;
}

/** Barbs, no closer than 26 pixels. */
function barbStrip(rows: MetRows, width: number, lat: number): TemplateResult {
  const { u, v } = rows;
  if (u === undefined || v === undefined) return html``;
  const inner = Math.max(100, width - LEFT - RIGHT);
  const span = rows.to - rows.from || 1;
  const metres = u.unit === '[kn_i]' ? KNOT : 1;
  let last = Number.NEGATIVE_INFINITY;
  const barbs = u.line.times.flatMap((time) => {
    const x = ((time - rows.from) / span) * inner;
    const [one, other] = [valueAt(u.line, time), valueAt(v.line, time)];
    if (x - last < 26 || Number.isNaN(one + other)) return [];
    last = x;
    const { from, speed } = windOf(one, other);
    const { strokes, pennants, calm } = barbOf((speed * metres) / KNOT, 19, lat < 0);
    const place = `translate(${x.toFixed(1)} 16) rotate(${from.toFixed(1)}) translate(0 9.5)`;
    return [
      calm
        ? svg`<circle cx=${x} cy="16" r="3.500" />`
        : svg`<g transform=${place}><path d=${strokes} /><path class="pennant" d=${pennants} /></g>`,
    ];
  });
  return html`<svg class="barbs" width=${inner} height="32" viewBox=${`0 0 ${inner} 32`} aria-hidden="true">${barbs}</svg>`;
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

/** Range with a little room, or around a constant. */
function rangeOf(values: readonly number[], least: number): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = Math.max((high - low) * 0.1, least);
  return finite.length === 0 ? [0, 1] : [low - room, high + room];
}

const aligned = (xs: readonly number[], line: Line, unit: Unit): (number | null)[] => {
  const known = new Map(line.times.map((time, n) => [time, line.values[n]!]));
  return xs.map((x) => (known.has(x) ? shown(known.get(x)!, unit) : null));
};

type Base = Pick<TimeChart, 'from' | 'to' | 'nights' | 'lang' | 'zone' | 'shown' | 'onTime' | 'onCursor'>;

const join = (...lines: readonly (readonly number[])[]): number[] =>
  [...new Set(lines.flat())].sort((one, other) => one - other);

/** Quantiles of a plume as five lines, or its members; boxes are not lines. */
function plumeLines(plume: Plume | undefined): Line[] {
  if (plume === undefined || (plume.quantiles.length > 0 && view === 'boxes')) return [];
  if (plume.quantiles.length === 0 || view === 'members') return [...plume.members];
  return [0, 1, 2, 3, 4].map((n) => ({ times: plume.times, values: plume.quantiles.map((row) => row[n]!) }));
}

function temperatureChart(base: Base, row: Row, dew: Row | undefined, unit: Unit, labels: boolean): TimeChart {
  const { of } = look();
  const plumes = plumeLines(row.plume);
  const isBand = (row.plume?.quantiles.length ?? 0) > 0 && view === 'spread';
  const boxes = view === 'boxes' && row.plume !== undefined ? boxesOf(row.plume, 6 * HOUR) : [];
  const xs = join(row.line.times, dew?.line.times ?? [], row.plume?.times ?? []);
  const zero = shown(row.unit === 'K' ? 273.15 : 0, unit);
  const gradient = (plot: uPlot): CanvasGradient | string => {
    const { top, height } = plot.bbox;
    const stop = (plot.valToPos(zero, 'y', true) - top) / height;
    if (!(stop > 0 && stop < 1)) return stop >= 1 ? of('temp') : of('cold');
    const made = plot.ctx.createLinearGradient(0, top, 0, top + height);
    made.addColorStop(0, of('temp'));
    made.addColorStop(stop, of('temp'));
    made.addColorStop(stop, of('cold'));
    made.addColorStop(1, of('cold'));
    return made;
  };
  const faint = {
    stroke: isBand ? 'transparent' : `${of('temp')}66`,
    width: 1,
    points: { show: false },
    spanGaps: true,
  };
  const extremes = boxes.flatMap(({ numbers }) => [shown(numbers[0], unit), shown(numbers[6], unit)]);
  const values = [row.line, ...plumes, ...(dew ? [dew.line] : [])].flatMap((line) =>
    line.values.map((value) => shown(value, unit)),
  );
  return {
    ...base,
    height: labels ? 164 : 130,
    labels,
    xs,
    series: [
      ...plumes.map(() => faint),
      { stroke: gradient as uPlot.Series.Stroke, width: 2.2, points: { show: false }, spanGaps: true },
      ...(dew ? [{ stroke: of('dew'), width: 1.6, dash: [4, 3], points: { show: false }, spanGaps: true }] : []),
    ],
    data: [...plumes, row.line, ...(dew ? [dew.line] : [])].map((line) => aligned(xs, line, unit)),
    bands: isBand
      ? [
          { series: [5, 1], fill: `${of('temp')}22` },
          { series: [4, 2], fill: `${of('temp')}33` },
        ]
      : [],
    range: rangeOf([...values, ...extremes], 1),
    format: (value) => numberText(value, undefined, base.lang),
    under: (plot) => {
      dashedLine(plot, zero, of('cold'));
      drawBoxes(plot, boxes, unit, of('temp'));
    },
  };
}

function dashedLine(plot: uPlot, value: number, colour: string): void {
  const { ctx, bbox } = plot;
  const y = plot.valToPos(value, 'y', true);
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.2 * devicePixelRatio;
  ctx.setLineDash([5, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

function rainChart(base: Base, rain: NonNullable<MetRows['rain']>, unit: Unit, labels: boolean): TimeChart {
  const { of, text, font } = look();
  const amounts = rain.amounts.map((one) => ({ ...one, value: shown(one.value, unit) }));
  const highest = Math.max(0, ...amounts.map(({ value }) => value));
  const top = highest > 0 ? highest * 1.35 : 1;
  return {
    ...base,
    height: labels ? 104 : 74,
    labels,
    xs: [base.from, base.to],
    series: [{ show: false }],
    data: [[0, 0]],
    range: [0, top],
    format: (value) => numberText(value, undefined, base.lang),
    over: (plot) => {
      const { ctx } = plot;
      const ground = plot.valToPos(0, 'y', true);
      ctx.save();
      ctx.fillStyle = of('rain');
      for (const { from, to, value } of amounts) {
        const [left, right] = [plot.valToPos(from / 1000, 'x', true), plot.valToPos(to / 1000, 'x', true)];
        const y = plot.valToPos(value, 'y', true);
        if (value > 0) ctx.fillRect(left + 0.8, y, Math.max(1, right - left - 1.6), ground - y);
      }
      ctx.fillStyle = text;
      ctx.font = font.replace('11px', `600 ${11 * devicePixelRatio}px`);
      ctx.textAlign = 'center';
      for (const { from, to, value } of blockSums(amounts, 6 * HOUR)) {
        const x = plot.valToPos((from + to) / 2000, 'x', true);
        if (value >= (0.05 * unit.scale) / 1000)
          ctx.fillText(
            numberText(value, unit.text === 'mm' ? 1 : 2, base.lang),
            x,
            plot.bbox.top + 11 * devicePixelRatio,
          );
      }
      ctx.restore();
    },
  };
}

function windChart(
  base: Base,
  wind: { readonly line: Line },
  gust: Row | undefined,
  unit: Unit,
  labels: boolean,
): TimeChart {
  const { of } = look();
  const xs = join(wind.line.times, gust?.line.times ?? []);
  const lines = [wind.line, ...(gust ? [gust.line] : [])];
  const high = Math.max(
    1,
    ...lines.flatMap((line) => line.values.map((value) => shown(value, unit))).filter(Number.isFinite),
  );
  return {
    ...base,
    height: labels ? 104 : 74,
    labels,
    xs,
    series: [
      { stroke: of('wind'), width: 1.9, fill: `${of('wind')}1f`, points: { show: false }, spanGaps: true },
      ...(gust ? [{ stroke: of('gust'), width: 1.4, dash: [2, 3], points: { show: false }, spanGaps: true }] : []),
    ],
    data: lines.map((line) => aligned(xs, line, unit)),
    range: [0, high * 1.15],
    format: (value) => numberText(value, undefined, base.lang),
  };
}

function pressureChart(base: Base, row: Row, unit: Unit, labels: boolean): TimeChart {
  const { of } = look();
  const plumes = row.plume === undefined ? [] : row.plume.members;
  const xs = join(row.line.times, row.plume?.times ?? []);
  const lines = [...plumes, row.line];
  return {
    ...base,
    height: labels ? 106 : 72,
    labels,
    xs,
    series: [
      ...plumes.map(() => ({ stroke: `${of('press')}4d`, width: 1, points: { show: false }, spanGaps: true })),
      { stroke: of('press'), width: 1.9, points: { show: false }, spanGaps: true },
    ],
    data: lines.map((line) => aligned(xs, line, unit)),
    range: rangeOf(
      lines.flatMap((line) => line.values.map((value) => shown(value, unit))),
      unit.text === 'hPa' ? 2 : 0.05,
    ),
    format: (value) => numberText(value, undefined, base.lang).replace(/[\u00a0\u202f,](?=\d{3}$)/, ''),
  };
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
      temperatureChart(base, rows.temperature!, rows.dewPoint, all.temperature, last === 'temperature'),
    rain: () => rainChart(base, rows.rain!, all.rain, last === 'rain'),
    wind: () => windChart(base, wind!, rows.gust, all.wind, last === 'wind'),
    pressure: () => pressureChart(base, rows.pressure!, all.pressure, last === 'pressure'),
  };
  const plots = slots.map((slot) => drawTimeChart(slot, charts[slot.dataset['plot']!]!()));
  drawn = { key, plots, time: page.time };
}
