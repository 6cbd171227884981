/** A track: its vertices, and a section of distance and pressure, or a line where there is one level only. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit-html';
import { unitFamily, windNames } from '../model/catalogue.js';
import { niceTicks } from '../model/stats.js';
import { clockText } from '../model/times.js';
import { numberText, shown, unitFor } from '../model/units.js';
import type { Page } from '../page/page.js';
import { fieldName } from '../shell/header.js';
import { areaFields } from './area-data.js';
import { extractBox } from './extract.js';
import { groundPath } from './ground-path.js';
import { jobCard } from './jobs-drawer.js';
import { barbsOf, cellsOf, type Frame, frameOf, type Section, sectionOf } from './section.js';
import { trackTable } from './track-table.js';

const [LEFT, RIGHT, HEIGHT, TOP] = [40, 12, 230, 20];
/** least distance of the names of levels, pixels */
const NAME_ROOM = 13;

/** whether pressure is drawn by its logarithm */
let isLog = false;

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

/** Levels whose names have room. */
function namedLevels({ levels }: Section, { y }: Frame): readonly number[] {
  let last = Number.POSITIVE_INFINITY;
  return levels.filter((level) => {
    const isFree = last - y(level) >= NAME_ROOM;
    if (isFree) last = y(level);
    return isFree;
  });
}

/** The ground, and the wind above it. */
function groundAndBarbs(page: Page, section: Section, frame: Frame): SVGTemplateResult {
  const { ground } = page.data;
  const known = ground.state === 'ready' && ground.value.km.length > 1 ? ground.value : undefined;
  const isAbove = (km: number, level: number): boolean => {
    const n = known?.km.findIndex((one) => one >= km) ?? -1;
    return known === undefined || n < 0 || level <= known.pressure[n]!;
  };
  const path = known === undefined ? '' : groundPath(known, frame);
  const barbs = barbsOf(section, frame, isAbove);
  return svg`${path === '' ? '' : svg`<path class="ground" d=${path} />`}${barbs.map(
    ({ transform, strokes, pennants, calm }) =>
      calm
        ? svg`<circle class="section-barb" transform=${transform} r="3" />`
        : svg`<g class="section-barb" transform=${transform}><path class="halo" d=${strokes + pennants} /><path d=${strokes} /><path class="pennant" d=${pennants} /></g>`,
  )}`;
}

function axisChoice(page: Page): TemplateResult {
  const { t } = page;
  const choose = (log: boolean): void => {
    isLog = log;
    page.store.touch();
  };
  return html`<div class="toggle" role="radiogroup" aria-label=${t('pressureAxis')}><button role="radio" aria-checked=${!isLog} data-axis="linear" @click=${() => choose(false)}>${t('axisLinear')}</button><button role="radio" aria-checked=${isLog} data-axis="log" @click=${() => choose(true)}>${t('axisLog')}</button></div>`;
}

function sectionPlot(page: Page, section: Section, width: number): TemplateResult {
  const { selection, t, state } = page;
  const { levels } = section;
  const [high, low] = [levels[0]!, levels.at(-1)!];
  const inner = width - LEFT - RIGHT;
  const isPressure = selection!.part.levtype === 'pl';
  const frame = frameOf(section, { left: LEFT, top: TOP, width: inner, height: HEIGHT }, isPressure && isLog);
  const { y } = frame;
  const total = numberText(section.km.at(-1) ?? 0, 0, state.lang);
  const label = `${t('section')}: ${fieldName(page, { ...selection!, level: undefined })}, ${high}–${low}${isPressure ? ' hPa' : ''}, ${total} km`;
  return html`<div class="row-head"><h3>${t('section')}</h3>${section.wind === undefined ? '' : html`<span class="key">${t('barbsNote')}</span>`}${isPressure ? axisChoice(page) : ''}</div><svg class="section" width=${width} height=${TOP + HEIGHT + 52} viewBox=${`0 0 ${width} ${TOP + HEIGHT + 52}`} role="img" aria-label=${label}>
    <rect class="plot-ground" x=${LEFT} y=${TOP} width=${inner} height=${HEIGHT} />
    ${cellsOf(section, page.scale, frame).map((cell) => svg`<rect fill=${cell.colour} x=${cell.x.toFixed(1)} y=${cell.y.toFixed(1)} width=${cell.width.toFixed(1)} height=${(cell.height + 0.4).toFixed(1)} />`)}
    ${levels.map((level) => svg`<path class="level-line" d=${`M${LEFT} ${y(level)}H${LEFT + inner}`} />`)}
    ${groundAndBarbs(page, section, frame)}
    ${namedLevels(section, frame).map((level) => svg`<text x=${LEFT - 7} y=${y(level) + 4} text-anchor="end">${level}</text>`)}
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
  const head = html`${trackTable(page, feature)}${extractBox(page, feature)}${job === undefined ? '' : jobCard(page, job)}`;
  if (data.result.state !== 'ready' || selection === undefined) return head;
  const [field] = areaFields(data.result.value, selection.param, windNames(selection.part));
  if (field === undefined) return head;
  const section = sectionOf(field);
  return html`${head}${section.levels.length > 1 ? sectionPlot(page, section, width) : lineOf(page, section, field.unit, width)}`;
}
