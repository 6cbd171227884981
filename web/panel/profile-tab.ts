/** The vertical profile of a point at the map's time: log-pressure plot or skew-T, with dew point and barbs. */

import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit-html';
import { barbOf } from '../charts/barb.js';
import { type Frame, place, type Sounding, skewBackground, TOP } from '../charts/skew-t.js';
import { condensationLevel } from '../charts/thermo.js';
import { partOf } from '../model/select.js';
import { niceTicks, windOf } from '../model/stats.js';
import { nearestIndex, timeText } from '../model/times.js';
import { numberText, shown, type Unit, unitFor } from '../model/units.js';
import type { Page, PointData } from '../page/page.js';
import type { LatLon } from '../state/state.js';

import { soundingOf } from './sounding.js';

const KNOT = 0.514444;
const GUTTER = 44;

let skewed = false;

const path = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

function barbs(sounding: Sounding, frame: Frame, lat: number): SVGTemplateResult[] {
  let last = Number.POSITIVE_INFINITY;
  return sounding.levels.flatMap(({ pressure, u, v }) => {
    const [, y] = place(frame, 0, pressure);
    if (Number.isNaN(u + v) || Math.abs(last - y) < 16) return [];
    last = y;
    const { from, speed } = windOf(u, v);
    const { strokes, pennants, calm } = barbOf(speed / KNOT, 22, lat < 0);
    const x = frame.left + frame.width + 22;
    if (calm) return [svg`<circle class="barb" cx=${x} cy=${y} r="3.500" />`];
    return [
      svg`<g class="barb" transform=${`translate(${x} ${y.toFixed(1)}) rotate(${from.toFixed(1)})`}><path d=${strokes} /><path class="pennant" d=${pennants} /></g>`,
    ];
  });
}

function curves(sounding: Sounding, frame: Frame): SVGTemplateResult {
  const line = (of: 'temperature' | 'dewPoint'): string =>
    path(
      sounding.levels
        .filter((level) => !Number.isNaN(level[of]))
        .map((level) => place(frame, level[of], level.pressure)),
    );
  const marks = (of: 'temperature' | 'dewPoint') =>
    sounding.levels
      .filter((level) => !Number.isNaN(level[of]))
      .map((level) => {
        const [x, y] = place(frame, level[of], level.pressure);
        return svg`<circle class=${`mark-${of}`} data-level=${level.pressure} cx=${x.toFixed(1)} cy=${y.toFixed(1)} r="2.600" />`;
      });
  return svg`<path class="curve dew" d=${line('dewPoint')} /><path class="curve temp" d=${line('temperature')} />${marks('dewPoint')}${marks('temperature')}`;
}

function plainBackground(frame: Frame, unit: Unit, lang: string): SVGTemplateResult[] {
  const ticks = niceTicks(shown(frame.cold, unit), shown(frame.warm, unit), 6);
  return ticks.map((tick) => {
    const celsius = (tick - unit.offset) / unit.scale;
    const [x] = place(frame, celsius, frame.bottom);
    const bottom = frame.top + frame.height;
    return svg`<path class=${Math.abs(celsius) < 1e-9 ? 'isotherm zero' : 'isotherm'} d=${`M${x} ${frame.top}V${bottom}`} /><text x=${x} y=${bottom + 15} text-anchor="middle">${numberText(tick, undefined, lang)}</text>`;
  });
}

function pressureAxis(sounding: Sounding, frame: Frame, lang: string): SVGTemplateResult[] {
  const heights = sounding.levels.filter(({ height }) => !Number.isNaN(height));
  const lines = sounding.levels.map(({ pressure }) => {
    const [, y] = place(frame, 0, pressure);
    return svg`<path class="isobar" d=${`M${frame.left} ${y}h${frame.width}`} /><text x=${frame.left - 6} y=${y + 4} text-anchor="end">${pressure}</text>`;
  });
  let last = Number.POSITIVE_INFINITY;
  const km = heights.map(({ pressure, height }) => {
    const [, y] = place(frame, 0, pressure);
    if (last - y < 14 || y - frame.top < 12) return svg``;
    last = y;
    return svg`<text class="km" x=${frame.left + 4} y=${y - 3}>${numberText(height / 1000, 1, lang)} km</text>`;
  });
  return [...lines, ...km];
}

/** Height or pressure at which the temperature first falls through zero. */
function freezingLevel(sounding: Sounding): { readonly height: number; readonly pressure: number } | undefined {
  for (const [n, upper] of sounding.levels.entries()) {
    const lower = sounding.levels[n - 1];
    if (lower === undefined || !(lower.temperature > 0) || !(upper.temperature <= 0)) continue;
    const share = lower.temperature / (lower.temperature - upper.temperature);
    return {
      height: lower.height + share * (upper.height - lower.height),
      pressure: lower.pressure * (upper.pressure / lower.pressure) ** share,
    };
  }
  return undefined;
}

function footer(page: Page, sounding: Sounding): string {
  const { t, state } = page;
  const parts: string[] = [];
  const zero = freezingLevel(sounding);
  const unit = unitFor('m', 'height', state.units);
  if (zero !== undefined) {
    const value = Number.isNaN(zero.height)
      ? `${zero.pressure.toFixed(0)} hPa`
      : `${numberText(shown(zero.height, unit), 0, state.lang)} ${unit.text}`;
    parts.push(t('freezing', { value }));
  }
  const low = sounding.levels[0];
  if (low !== undefined && !Number.isNaN(low.temperature + low.dewPoint)) {
    const lcl = condensationLevel(low.temperature, low.dewPoint, low.pressure);
    parts.push(t('lcl', { value: `${lcl.toFixed(0)} hPa (${low.pressure} hPa)` }));
  }
  return parts.join(' · ');
}

function plot(page: Page, sounding: Sounding, width: number, lat: number): TemplateResult {
  const { state } = page;
  const values = sounding.levels
    .flatMap(({ temperature, dewPoint }) => [temperature, dewPoint])
    .filter(Number.isFinite);
  const bottom = Math.max(1050, ...sounding.levels.map(({ pressure }) => pressure));
  const top = Math.min(TOP, ...sounding.levels.map(({ pressure }) => pressure));
  const inner = width - 40 - GUTTER;
  const frame: Frame = {
    left: 40,
    top: 18,
    width: inner,
    height: Math.min(440, inner * 1.12),
    bottom,
    upper: top,
    cold: skewed ? -40 : Math.floor((Math.min(...values) - 3) / 5) * 5,
    warm: skewed ? 40 : Math.ceil((Math.max(...values) + 3) / 5) * 5,
    skew: skewed ? 0.86 : 0,
  };
  const unit = unitFor('Cel', 'temperature', state.units);
  const label = `${page.t(skewed ? 'skewT' : 'tabProf')}: ${sounding.levels.map(({ pressure, temperature }) => `${pressure} hPa ${numberText(shown(temperature, unit), 0, state.lang)} ${unit.text}`).join(', ')}`;
  return html`<svg class="profile" viewBox=${`0 0 ${width} ${frame.height + 42}`} width=${width} height=${frame.height + 42} role="img" aria-label=${label}>
    <defs><clipPath id="profile-clip"><rect x=${frame.left} y=${frame.top} width=${frame.width} height=${frame.height} /></clipPath></defs>
    <rect class="plot-ground" x=${frame.left} y=${frame.top} width=${frame.width} height=${frame.height} />
    ${skewed ? skewBackground(frame) : plainBackground(frame, unit, state.lang)}
    ${pressureAxis(sounding, frame, state.lang)}
    <g clip-path="url(#profile-clip)">${curves(sounding, frame)}</g>
    ${barbs(sounding, frame, lat)}
    <rect class="plot-edge" x=${frame.left} y=${frame.top} width=${frame.width} height=${frame.height} />
    <text class="axis-unit" x=${frame.left + frame.width} y=${frame.top + frame.height + 32} text-anchor="end">${unit.text}</text><text class="axis-unit" x=${frame.left - 6} y=${frame.top - 6} text-anchor="end">hPa</text>
  </svg><p class="footer">${footer(page, sounding)}</p>`;
}

export function profileTab(page: Page, data: PointData, width: number, at: LatLon): TemplateResult {
  const { t, state, time, selection } = page;
  const pl = partOf(selection!, 'pl');
  if (pl === undefined) return html`<p class="notice">${t('noProfile')}</p>`;
  const series = data.single?.series[0];
  if (series === undefined) return html`<p class="notice">${t('outside')}</p>`;
  const index = nearestIndex(series.times, time);
  const sounding = soundingOf(pl, data.single!, series, index);
  if (sounding.levels.length < 2) return html`<p class="notice">${t('noValues')}</p>`;
  const choose = (value: boolean): void => {
    skewed = value;
    page.store.touch();
  };
  return html`<div class="row-head"><h3>${timeText(series.times[index]!, state.lang, state.zone)}</h3><div class="toggle" role="radiogroup" aria-label=${t('profileView')}><button role="radio" aria-checked=${!skewed} @click=${() => choose(false)}>${t('linear')}</button><button role="radio" aria-checked=${skewed} @click=${() => choose(true)}>${t('skewT')}</button></div></div>
    ${plot(page, sounding, width, at[0])}`;
}
