/** A track: a section of distance and pressure with the fill of the map, or a line where there is one level only. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit-html';
import { binOf, deliveredBreaks } from '../../schemas/styles.js';
import { distanceKm } from '../geo/sphere.js';
import { scaleFor, unitFamily } from '../model/catalogue.js';
import { niceTicks } from '../model/stats.js';
import { clockText } from '../model/times.js';
import { numberText, shown, unitFor } from '../model/units.js';
import type { Page } from '../page/page.js';
import { type AreaField, areaFields } from './area-data.js';
import { extractBox } from './extract.js';
import { jobCard } from './jobs-drawer.js';

const [LEFT, HEIGHT, TOP] = [40, 230, 8];

interface Section {
  /** km along the path, one a point */
  readonly km: readonly number[];
  readonly times: readonly number[];
  readonly levels: readonly number[];
  /** [level][point] */
  readonly values: readonly (readonly number[])[];
}

/** Points of one level after another, as the answer has them, made into rows. */
export function sectionOf(field: AreaField): Section {
  const levels = [...new Set(field.level)].sort((one, other) => other - one);
  const rows = levels.map((level) => [...field.level.keys()].filter((n) => Object.is(field.level[n], level)));
  const [first = []] = rows;
  let total = 0;
  const km = first.map((n, k) => {
    const before = first[k - 1];
    if (before !== undefined)
      total += distanceKm([field.lat[before]!, field.lon[before]!], [field.lat[n]!, field.lon[n]!]);
    return total;
  });
  return {
    km,
    times: first.map((n) => field.times[n]!),
    levels,
    values: rows.map((row) => row.map((n) => field.values[n]!)),
  };
}

function axis(page: Page, { km, times }: Section, width: number): SVGTemplateResult[] {
  const total = km.at(-1) || 1;
  return niceTicks(0, total, 5).map((tick) => {
    const x = LEFT + (tick / total) * (width - LEFT - 10);
    const n = km.findIndex((one) => one >= tick - 1e-6);
    const time = times[n];
    const clock = time === undefined || Number.isNaN(time) ? '' : clockText(time, page.state.lang, page.state.zone);
    return svg`<text x=${x} y=${TOP + HEIGHT + 15} text-anchor="middle">${tick}</text><text x=${x} y=${TOP + HEIGHT + 29} text-anchor="middle">${clock}</text>`;
  });
}

function fill(page: Page, section: Section, width: number): TemplateResult {
  const { selection, t } = page;
  const { km, levels, values } = section;
  const scale = scaleFor(selection!.param, selection!.level);
  const breaks = deliveredBreaks(scale);
  const total = km.at(-1) || 1;
  const [high, low] = [levels[0]!, levels.at(-1)!];
  const x = (at: number): number => LEFT + (Math.min(total, Math.max(0, at)) / total) * (width - LEFT - 10);
  const y = (level: number): number => TOP + ((level - low) / (high - low || 1)) * HEIGHT;
  const middle = (list: readonly number[], n: number): number =>
    ((list[n] ?? list[n - 1]!) + (list[n - 1] ?? list[n]!)) / 2;
  const cells = values.flatMap((row, k) =>
    row.map((value, n) => {
      const colour = Number.isNaN(value) ? 'none' : scale.colours[binOf(breaks, value)]!;
      const [from, to] = [x(middle(km, n)), x(middle(km, n + 1))];
      const [upper, lower] = [y(middle(levels, k + 1)), y(middle(levels, k))];
      return colour === 'none'
        ? svg``
        : svg`<rect fill=${colour} x=${from.toFixed(1)} y=${upper.toFixed(1)} width=${(to - from + 0.4).toFixed(1)} height=${(lower - upper + 0.4).toFixed(1)} />`;
    }),
  );
  return html`<h3>${t('section')}</h3><svg class="section" width=${width} height=${HEIGHT + 52} viewBox=${`0 0 ${width} ${HEIGHT + 52}`} role="img" aria-label=${t('section')}>
    <rect class="plot-ground" x=${LEFT} y=${TOP} width=${width - LEFT - 10} height=${HEIGHT} />${cells}
    ${levels.map((level) => svg`<path class="isobar" d=${`M${LEFT - 4} ${y(level)}h4`} /><text x=${LEFT - 6} y=${y(level) + 4} text-anchor="end">${level}</text>`)}
    ${axis(page, section, width)}<text class="axis-unit" x=${LEFT} y=${TOP + HEIGHT + 43}>${t('distance')}</text></svg>`;
}

function lineOf(page: Page, section: Section, unitName: string, width: number): TemplateResult {
  const { selection, state } = page;
  const unit = unitFor(unitName, unitFamily(selection!.param), state.units);
  const values = section.values[0]!.map((value) => shown(value, unit));
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const total = section.km.at(-1) || 1;
  const x = (km: number): number => LEFT + (km / total) * (width - LEFT - 10);
  const y = (value: number): number => TOP + 8 + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 16);
  const points = values.flatMap((value, n) =>
    Number.isFinite(value) ? [`${x(section.km[n]!).toFixed(1)} ${y(value).toFixed(1)}`] : [],
  );
  return html`<h3>${selection!.param.label[state.lang]} (${unit.text})</h3><svg class="section" width=${width} height=${HEIGHT + 52} viewBox=${`0 0 ${width} ${HEIGHT + 52}`} role="img" aria-label=${selection!.param.label[state.lang]}>
    ${niceTicks(low, high, 5).map((tick) => svg`<path class="isobar" d=${`M${LEFT} ${y(tick)}H${width - 10}`} /><text x=${LEFT - 5} y=${y(tick) + 4} text-anchor="end">${numberText(tick, undefined, state.lang)}</text>`)}
    <path class="curve temp" d=${`M${points.join('L')}`} />${axis(page, section, width)}<text class="axis-unit" x=${LEFT} y=${TOP + HEIGHT + 43}>${page.t('distance')}</text></svg>`;
}

export function trackTab(page: Page, width: number): TemplateResult {
  const { state, t, data, selection } = page;
  const { feature } = state;
  if (feature?.kind !== 'track') return html`<p class="notice">${t('needTrack')}</p>`;
  const job = page.jobs.byId(state.job);
  const head = html`${extractBox(page, feature)}${job === undefined ? '' : jobCard(page, job)}`;
  if (data.result.state !== 'ready' || selection === undefined) return head;
  const [field] = areaFields(data.result.value, selection.param);
  if (field === undefined) return head;
  const section = sectionOf(field);
  return html`${head}${section.levels.length > 1 ? fill(page, section, width) : lineOf(page, section, field.unit, width)}`;
}
