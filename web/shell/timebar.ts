/** The time bar: play, the instant shown, and a slider over the steps that exist. The drawn rail lies under a native slider. */
import { html, svg, type TemplateResult } from 'lit-html';
import { clockText, dayText, leadText, minuteOfDay, timeText, zoneName } from '../model/times.js';
import type { Page } from '../page/page.js';
import { playIcon } from './icons.js';

const RAIL = 1000;

interface Mark {
  readonly x: number;
  readonly text: string;
  readonly strong: boolean;
}

/** Width of a label, pixels. */
const room = ({ strong }: Mark): number => (strong ? 46 : 16);
/** Labels at the ends stand beside their place, not around it. */
const isAtEnd = ({ x }: Mark): boolean => x < 30 || x > RAIL - 30;

/** Names of days win over hours where they would collide. */
function marksOf(page: Page): readonly Mark[] {
  const { times, state } = page;
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || last === first) return [];
  const at = (time: number): number => (times.indexOf(time) / (times.length - 1)) * RAIL;
  const days: Mark[] = [];
  const hours: Mark[] = [];
  for (const [n, time] of times.entries()) {
    const minute = minuteOfDay(time, state.zone);
    if (minute === 0 || n === 0)
      days.push({ x: at(time), text: dayText(time, state.lang, state.zone).replace(/\s\S+$/, ''), strong: true });
    else if (minute % 360 === 0) hours.push({ x: at(time), text: String(minute / 60).padStart(2, '0'), strong: false });
  }
  const unit = (document.querySelector('.slide')?.clientWidth || 600) / RAIL;
  const kept: Mark[] = [];
  for (const mark of [...days, ...hours]) {
    const isFree = (one: Mark): boolean =>
      Math.abs(one.x - mark.x) * unit > (room(one) + room(mark)) / 2 + (isAtEnd(one) || isAtEnd(mark) ? 22 : 8);
    if (kept.every(isFree)) kept.push(mark);
  }
  return kept;
}

function rail(page: Page): TemplateResult {
  const { times, at, data } = page;
  const share = times.length > 1 ? (Math.max(0, at) / (times.length - 1)) * RAIL : 0;
  let end = Math.max(0, at);
  while (data.buffered.includes(times[end + 1] ?? Number.NaN)) end++;
  const ahead = times.length > 1 ? (end / (times.length - 1)) * RAIL : 0;
  return html`<svg class="rail" viewBox="0 0 ${RAIL} 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="rail-all" width=${RAIL} height="10" rx="5" /><rect class="rail-ahead" width=${ahead} height="10" rx="5" /><rect class="rail-done" width=${share} height="10" rx="5" /></svg>`;
}

export function timebar(page: Page): TemplateResult {
  const { t, state, times, at, time, selection } = page;
  if (selection === undefined) return html`<div class="timebar-empty"></div>`;
  const known = !Number.isNaN(time);
  const main = known ? timeText(time, state.lang, state.zone) : '…';
  const other = state.zone === 'utc' ? 'local' : 'utc';
  const base = selection.run?.base ?? time;
  const second = known
    ? `${clockText(time, state.lang, other)} ${zoneName(time, state.lang, other)}, ${t('forecast', { lead: leadText(time - base) })}`
    : '';
  return html`<button class="play" aria-label=${state.playing ? t('pause') : t('play')} ?disabled=${times.length < 2} @click=${() => page.store.dispatch({ type: 'set', part: { playing: !state.playing } })}>${playIcon(state.playing)}</button>
    <div class="now"><b>${main}</b><span>${second}</span><span class="lead">${known ? leadText(time - base) : ''}</span></div>
    <div class="slide">${rail(page)}
      <input type="range" min="0" max=${Math.max(0, times.length - 1)} step="1" .value=${String(Math.max(0, at))} aria-label=${t('timeSlider')} aria-valuetext=${main} @input=${(event: Event) => page.showIndex(Number((event.target as HTMLInputElement).value))}>
      <svg class="marks" aria-hidden="true" height="18" width="100%">${marksOf(page).map(
        ({ x, text, strong }) =>
          svg`<text class=${strong ? 'day' : 'hour'} x=${`${(x / RAIL) * 100}%`} y="13" text-anchor=${x < 30 ? 'start' : x > RAIL - 30 ? 'end' : 'middle'}>${text}</text>`,
      )}</svg></div>
    <label class="rate"><span class="unseen">${t('speed')}</span><select aria-label=${t('speed')} @change=${(event: Event) => page.setRate(Number((event.target as HTMLSelectElement).value))}>${[1, 2, 4, 8].map((n) => html`<option value=${n} ?selected=${n === page.rate}>${n}×</option>`)}</select></label>`;
}
