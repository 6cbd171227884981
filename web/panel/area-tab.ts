/** Area statistics: numbers, distribution in the bins of the map, and the band of values over time. */
import { html, svg, type TemplateResult } from 'lit-html';
import { binOf, deliveredBreaks, type Scale } from '../../schemas/styles.js';
import { ringKm2 } from '../geo/sphere.js';
import { CellsLayer } from '../map/cells.js';
import { outlineOf } from '../map/shapes.js';
import { unitFamily } from '../model/catalogue.js';
import { histogram, niceTicks, type Summary, summarise } from '../model/stats.js';
import { timeText } from '../model/times.js';
import { numberText, shown, type Unit, unitFor } from '../model/units.js';
import type { Page } from '../page/page.js';
import type { Feature } from '../state/state.js';
import { type AreaField, areaFields, fieldNear } from './area-data.js';
import { extractBox } from './extract.js';
import { jobCard } from './jobs-drawer.js';

const RAD = Math.PI / 180;

/** bin that is pointed at in the histogram */
let brushed: number | undefined;

function areaOf(feature: Feature): number {
  const [outer, inner] = outlineOf(feature).paths.map((path) => ringKm2(path.slice(0, -1)));
  return (outer ?? 0) - (inner ?? 0);
}

const weightsOf = (field: AreaField): Float64Array => field.lat.map((lat) => Math.cos(lat * RAD));

function numbers(page: Page, feature: Feature, summary: Summary, unit: Unit): TemplateResult {
  const { t, state, selection } = page;
  const value = (one: number): string => `${numberText(shown(one, unit), unit.digits, state.lang)} ${unit.text}`;
  const whole = new Intl.NumberFormat(`${state.lang}-CA`, { maximumFractionDigits: 0 });
  const rows: readonly (readonly [string, string])[] = [
    [t('points'), whole.format(summary.count)],
    [t('area'), `${whole.format(areaOf(feature))} km²`],
    [t('minimum'), value(summary.min)],
    [t('average'), value(summary.mean)],
    [t('maximum'), value(summary.max)],
  ];
  return html`<dl class="numbers">${rows.map(([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl><p class="footer">${selection!.part.isLatLon ? t('weighted') : t('unweighted')}</p>`;
}

function bars(page: Page, field: AreaField, scale: Scale, unit: Unit, width: number): TemplateResult {
  const { lang } = page.state;
  const breaks = deliveredBreaks(scale);
  const counts = histogram(field.values, breaks);
  const used = counts.flatMap((count, n) => (count > 0 ? [n] : []));
  const [first, last] = [Math.max(0, (used[0] ?? 0) - 1), Math.min(counts.length - 1, (used.at(-1) ?? 0) + 1)];
  const bins = counts.slice(first, last + 1);
  const most = Math.max(1, ...bins);
  const [left, height] = [38, 120];
  const wide = (width - left - 8) / bins.length;
  const choose = (bin: number | undefined): void => {
    brushed = bin;
    page.store.touch();
  };
  return html`<svg class="histogram" width=${width} height=${height + 34} viewBox=${`0 0 ${width} ${height + 34}`} role="img" aria-label=${bins.map((count, n) => `${edge(first + n - 1)}–${edge(first + n)}: ${count}`).join(', ')}>
    ${niceTicks(0, most, 3).map((tick) => svg`<path class="isobar" d=${`M${left} ${height - (tick / most) * (height - 8)}H${width - 8}`} /><text x=${left - 5} y=${height - (tick / most) * (height - 8) + 4} text-anchor="end">${tick}</text>`)}
    ${bins.map((count, n) => {
      const tall = (count / most) * (height - 8);
      const colour = scale.colours[first + n]!;
      return svg`<rect class="bin" fill=${colour === 'none' ? 'transparent' : colour} x=${left + n * wide + 0.5} y=${height - tall} width=${Math.max(1, wide - 1)} height=${tall} @pointerenter=${() => choose(first + n)} @pointerleave=${() => choose(undefined)} />`;
    })}
    ${bins.slice(0, -1).map((_count, n) => (bins.length > 9 && n % 2 === 1 ? '' : svg`<text x=${left + (n + 1) * wide} y=${height + 14} text-anchor="middle">${edge(first + n)}</text>`))}
    <text class="axis-unit" x=${width - 8} y=${height + 30} text-anchor="end">${unit.text}</text></svg>`;

  function edge(index: number): string {
    const value = breaks[index];
    return value === undefined ? '' : numberText(Number(shown(value, unit).toPrecision(4)), undefined, lang);
  }
}

function overTime(page: Page, fields: readonly AreaField[], unit: Unit, width: number): TemplateResult {
  const { lang } = page.state;
  const { isLatLon } = page.selection!.part;
  const rows = fields.map((field) => ({
    time: field.time,
    ...summarise(field.values, isLatLon ? weightsOf(field) : undefined),
  }));
  const values = rows.flatMap(({ min, max }) => [shown(min, unit), shown(max, unit)]).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  const [left, height] = [38, 110];
  const [from, to] = [rows[0]!.time, rows.at(-1)!.time];
  const x = (time: number): number => left + ((time - from) / (to - from || 1)) * (width - left - 10);
  const y = (value: number): number => 6 + (1 - (shown(value, unit) - low) / span) * (height - 12);
  const line = (of: 'min' | 'mean' | 'max', list = rows): string =>
    list.map((row, n) => `${n === 0 ? 'M' : 'L'}${x(row.time).toFixed(1)} ${y(row[of]).toFixed(1)}`).join('');
  const band = `${line('max')}${line('min', [...rows].reverse()).replace('M', 'L')}Z`;
  return html`<h3>${page.t('overTime')}</h3><svg class="band" width=${width} height=${height + 6} viewBox=${`0 0 ${width} ${height + 6}`} role="img" aria-label=${page.t('overTime')}>
    ${niceTicks(low, high, 4).map((tick) => svg`<path class="isobar" d=${`M${left} ${6 + (1 - (tick - low) / span) * (height - 12)}H${width - 10}`} /><text x=${left - 5} y=${10 + (1 - (tick - low) / span) * (height - 12)} text-anchor="end">${numberText(tick, undefined, lang)}</text>`)}
    <path class="band-fill" d=${band} /><path class="band-mean" d=${line('mean')} />
    ${Number.isNaN(page.time) ? '' : svg`<path class="now-line" d=${`M${x(Math.min(to, Math.max(from, page.time)))} 4V${height}`} />`}</svg>`;
}

export function areaTab(page: Page, width: number): TemplateResult {
  const { state, t, data, selection } = page;
  const { feature } = state;
  if (feature === undefined || feature.kind === 'pt' || feature.kind === 'track')
    return html`<p class="notice">${t('needArea')}</p>`;
  const job = page.jobs.byId(state.job);
  const head = html`${extractBox(page, feature)}${job === undefined ? '' : jobCard(page, job)}`;
  if (data.result.state !== 'ready' || selection === undefined) return head;
  const fields = areaFields(data.result.value, selection.param);
  const field = fieldNear(fields, page.time);
  if (field === undefined) return head;
  const unit = unitFor(field.unit, unitFamily(selection.param), state.units);
  const scale = page.scale;
  const summary = summarise(field.values, selection.part.isLatLon ? weightsOf(field) : undefined);
  return html`${head}${numbers(page, feature, summary, unit)}
    <h3>${t('histogram', { time: timeText(field.time, state.lang, state.zone) })}</h3>${bars(page, field, scale, unit, width)}
    ${fields.length > 1 ? overTime(page, fields, unit, width) : ''}`;
}

let cells: CellsLayer | undefined;
let cellsOn: unknown;

/** Shows the points of the answer on the map, as cells in the colours of the map. */
export function drawArea(page: Page): void {
  const { data, state, selection, map } = page;
  const { feature, tab } = state;
  const isShown = feature !== undefined && feature.kind !== 'pt' && tab !== 'data' && data.result.state === 'ready';
  const field =
    isShown && selection !== undefined && data.result.state === 'ready'
      ? fieldNear(areaFields(data.result.value, selection.param), page.time)
      : undefined;
  document.body.classList.toggle('with-cells', field !== undefined && feature?.kind !== 'track');
  const leaflet = map?.leaflet;
  if (field === undefined || leaflet === undefined || feature?.kind === 'track') {
    cells?.remove();
    cells = undefined;
    return;
  }
  if (cells === undefined || cellsOn !== leaflet) {
    cells?.remove();
    cells = new CellsLayer();
    cellsOn = leaflet;
    leaflet.addLayer(cells);
  }
  const scale = page.scale;
  const breaks = deliveredBreaks(scale);
  cells.show(field, selection!.part.spacing, (value) => {
    const bin = binOf(breaks, value);
    const colour = scale.colours[bin]!;
    if (colour === 'none' || Number.isNaN(value)) return undefined;
    return brushed === undefined || brushed === bin ? colour : `${colour}33`;
  });
}
