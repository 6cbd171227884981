/** The strips of a meteogram that are no plots: shades of cloud, and wind barbs. */
import { html, svg, type TemplateResult } from 'lit-html';
import { barbOf } from '../charts/barb.js';
import { LEFT, RIGHT } from '../charts/time-chart.js';
import { windOf } from '../model/stats.js';
import type { Page } from '../page/page.js';
import { type Line, type MetRows, valueAt } from './met-series.js';

const KNOT = 0.514444;

/** Speed of the wind whose components are there at the same times. */
export function speedLine({ u, v }: MetRows): { readonly line: Line; readonly unit: string } | undefined {
  if (u === undefined || v === undefined) return undefined;
  const times = u.line.times.filter((time) => v.line.times.includes(time));
  const values = times.map((time) => Math.hypot(valueAt(u.line, time), valueAt(v.line, time)));
  return { line: { times, values }, unit: u.unit };
}
export function cloudStrip(page: Page, rows: MetRows, width: number): TemplateResult {
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
export function barbStrip(rows: MetRows, width: number, lat: number): TemplateResult {
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
