/** A track: a section of distance and pressure with the fill of the map, or a line where there is one level only. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit-html';
import { binOf, deliveredBreaks, type Scale } from '../../schemas/styles.js';
import { distanceKm } from '../geo/sphere.js';
import { scaleFor, unitFamily } from '../model/catalogue.js';
import { niceTicks } from '../model/stats.js';
import { clockText } from '../model/times.js';
import { numberText, shown, unitFor } from '../model/units.js';
import type { Page } from '../page/page.js';
import { fieldName } from '../shell/header.js';
import { type AreaField, areaFields } from './area-data.js';
import { extractBox } from './extract.js';
import { jobCard } from './jobs-drawer.js';

const [LEFT, RIGHT, HEIGHT, TOP] = [40, 12, 230, 20];
/** height of the rows that a section is drawn in, pixels */
const ROW = 4;

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
  const { lang, zone } = page.state;
  return niceTicks(0, total, 5).map((tick) => {
    const x = LEFT + (tick / total) * (width - LEFT - RIGHT);
    const n = km.findIndex((one) => one >= tick - 1e-6);
    const time = times[n];
    const clock = time === undefined || Number.isNaN(time) ? '' : clockText(time, lang, zone);
    const [below, anchor] = [TOP + HEIGHT, x > width - 28 ? 'end' : 'middle'];
    const right = anchor === 'end' ? width : x;
    return svg`<path class="tick" d=${`M${x} ${below}v4`} /><text x=${right} y=${below + 16} text-anchor=${anchor}>${numberText(tick, 0, lang)}</text><text x=${right} y=${below + 30} text-anchor=${anchor}>${clock}</text>`;
  });
}

/** Values at a level between two of the section's, by pressure. */
function rowAt({ levels, values }: Section, level: number): readonly number[] {
  const upper = levels.findIndex((one) => one <= level);
  if (upper <= 0) return values[Math.max(0, upper)]!;
  const [low, high] = [values[upper - 1]!, values[upper]!];
  const share = (levels[upper - 1]! - level) / (levels[upper - 1]! - levels[upper]!);
  return low.map((value, n) => value + share * (high[n]! - value));
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colour: string;
}

/** Cells of one colour above each other, made one: few of them draw a smooth section. */
function cellsOf(section: Section, scale: Scale, x: (km: number) => number): Cell[] {
  const { km, levels } = section;
  const breaks = deliveredBreaks(scale);
  const [high, low] = [levels[0]!, levels.at(-1)!];
  const count = Math.ceil(HEIGHT / ROW);
  const rows = Array.from({ length: count }, (_, n) => rowAt(section, low + ((n + 0.5) / count) * (high - low)));
  const tall = HEIGHT / count;
  return km.flatMap((_, n) => {
    const [from, to] = [x(((km[n - 1] ?? km[n]!) + km[n]!) / 2), x((km[n]! + (km[n + 1] ?? km[n]!)) / 2)];
    const cells: Cell[] = [];
    for (const [k, row] of rows.entries()) {
      const colour = Number.isNaN(row[n]!) ? 'none' : scale.colours[binOf(breaks, row[n]!)]!;
      const last = cells.at(-1);
      if (last?.colour === colour) cells[cells.length - 1] = { ...last, height: last.height + tall };
      else cells.push({ x: from, y: TOP + k * tall, width: to - from + 0.5, height: tall, colour });
    }
    return cells.filter(({ colour }) => colour !== 'none');
  });
}

function fill(page: Page, section: Section, width: number): TemplateResult {
  const { selection, t } = page;
  const { km, levels } = section;
  const total = km.at(-1) || 1;
  const [high, low] = [levels[0]!, levels.at(-1)!];
  const inner = width - LEFT - RIGHT;
  const x = (at: number): number => LEFT + (Math.min(total, Math.max(0, at)) / total) * inner;
  const y = (level: number): number => TOP + ((level - low) / (high - low || 1)) * HEIGHT;
  const isPressure = selection!.part.levtype === 'pl';
  let last = Number.POSITIVE_INFINITY;
  const named = levels.filter((level) => {
    const isFree = last - y(level) >= 13;
    if (isFree) last = y(level);
    return isFree;
  });
  const label = `${t('section')}: ${fieldName(page, { ...selection!, level: undefined })}, ${high}–${low}${isPressure ? ' hPa' : ''}, ${numberText(total, 0, page.state.lang)} km`;
  return html`<h3>${t('section')}</h3><svg class="section" width=${width} height=${TOP + HEIGHT + 52} viewBox=${`0 0 ${width} ${TOP + HEIGHT + 52}`} role="img" aria-label=${label}>
    <rect class="plot-ground" x=${LEFT} y=${TOP} width=${inner} height=${HEIGHT} />
    ${cellsOf(section, scaleFor(selection!.param, selection!.level), x).map((cell) => svg`<rect fill=${cell.colour} x=${cell.x.toFixed(1)} y=${cell.y.toFixed(1)} width=${cell.width.toFixed(1)} height=${(cell.height + 0.4).toFixed(1)} />`)}
    ${levels.map((level) => svg`<path class="level-line" d=${`M${LEFT} ${y(level)}H${LEFT + inner}`} />`)}
    ${named.map((level) => svg`<text x=${LEFT - 7} y=${y(level) + 4} text-anchor="end">${level}</text>`)}
    <rect class="plot-edge" x=${LEFT} y=${TOP} width=${inner} height=${HEIGHT} />
    ${isPressure ? svg`<text class="axis-unit" x=${LEFT - 7} y="11" text-anchor="end">hPa</text>` : ''}
    ${axis(page, section, width)}<text class="axis-unit" x=${LEFT} y=${TOP + HEIGHT + 47}>${t('distance')}</text></svg>`;
}

function lineOf(page: Page, section: Section, unitName: string, width: number): TemplateResult {
  const { selection, state } = page;
  const unit = unitFor(unitName, unitFamily(selection!.param), state.units);
  const values = section.values[0]!.map((value) => shown(value, unit));
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const total = section.km.at(-1) || 1;
  const x = (km: number): number => LEFT + (km / total) * (width - LEFT - RIGHT);
  const y = (value: number): number => TOP + 8 + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 16);
  const points = values.flatMap((value, n) =>
    Number.isFinite(value) ? [`${x(section.km[n]!).toFixed(1)} ${y(value).toFixed(1)}`] : [],
  );
  return html`<h3>${selection!.param.label[state.lang]} (${unit.text})</h3><svg class="section" width=${width} height=${TOP + HEIGHT + 52} viewBox=${`0 0 ${width} ${TOP + HEIGHT + 52}`} role="img" aria-label=${selection!.param.label[state.lang]}>
    ${niceTicks(low, high, 5).map((tick) => svg`<path class="isobar" d=${`M${LEFT} ${y(tick)}H${width - RIGHT}`} /><text x=${LEFT - 5} y=${y(tick) + 4} text-anchor="end">${numberText(tick, undefined, state.lang)}</text>`)}
    <path class="curve temp" d=${`M${points.join('L')}`} />${axis(page, section, width)}<text class="axis-unit" x=${LEFT} y=${TOP + HEIGHT + 47}>${page.t('distance')}</text></svg>`;
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
