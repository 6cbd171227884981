/** The vertices of a track as a table: where, how far on the way, and when; below it the levels of the section. */
import { html, type TemplateResult } from 'lit-html';
import { distanceKm, placeText } from '../geo/sphere.js';
import { hoursAlong } from '../map/shapes.js';
import { timeText } from '../model/times.js';
import { numberText } from '../model/units.js';
import type { Page } from '../page/page.js';
import { type Track, withHours, withLevel } from './track-edit.js';

const HOUR = 3_600_000;

/** kilometres an hour that a track is filled with */
let speed = 450;
let isOpen = false;

function rows(page: Page, track: Track): TemplateResult[] {
  const { selection, state, t } = page;
  const { vertices } = track;
  let km = 0;
  return vertices.map(({ at, hours }, n) => {
    if (n > 0) km += distanceKm(vertices[n - 1]!.at, at);
    const place = placeText(at, state.lang);
    const change = (event: Event): void => {
      const all = vertices.map((vertex) => vertex.hours);
      all[n] = (event.target as HTMLInputElement).valueAsNumber;
      const changed = withHours(track, all);
      if (changed !== undefined) page.choose(changed);
      else page.store.touch();
    };
    const valid =
      selection?.run === undefined ? '' : timeText(selection.run.base + hours * HOUR, state.lang, state.zone);
    return html`<tr><th scope="row">${place}</th><td>${numberText(km, 0, state.lang)}</td><td><input type="number" min="0" step="0.25" data-vertex=${n} aria-label=${`${t('leadHours')}, ${place}`} .value=${String(hours)} @change=${change}></td><td>${valid}</td></tr>`;
  });
}

function levelChoice(page: Page, track: Track): TemplateResult | string {
  const { selection, t } = page;
  const all = selection?.part.levels ?? [];
  if (track.levels.length === 0 || all.length < 2) return '';
  return html`<div class="level-choice" role="group" aria-label=${t('level')}>${all.map(
    (level) =>
      html`<button class="chip" aria-pressed=${track.levels.includes(level)} data-track-level=${level} @click=${() => page.choose(withLevel(track, level, all))}>${level}</button>`,
  )}</div>`;
}

export function trackTable(page: Page, track: Track): TemplateResult {
  const { t } = page;
  const fill = (): void => {
    const places = track.vertices.map(({ at }) => at);
    const changed = speed > 0 ? withHours(track, hoursAlong(places, track.vertices[0]!.hours, speed)) : undefined;
    if (changed !== undefined) page.choose(changed);
  };
  return html`<details class="track-table" ?open=${isOpen} @toggle=${(event: Event) => {
    isOpen = (event.target as HTMLDetailsElement).open;
  }}><summary>${t('vertices', { n: track.vertices.length })}</summary>
    <div class="table"><table><thead><tr><th scope="col">${t('place')}</th><th scope="col">km</th><th scope="col">${t('leadHours')}</th><th scope="col">${t('time')}</th></tr></thead><tbody>${rows(page, track)}</tbody></table></div>
    <div class="fill-speed"><button class="button" id="fill-speed" @click=${fill}>${t('fillAt')}</button><input type="number" min="1" max="20000" step="any" aria-label="km/h" .value=${String(speed)} @input=${(
      event: Event,
    ) => {
      speed = (event.target as HTMLInputElement).valueAsNumber;
    }}> km/h</div>${levelChoice(page, track)}</details>`;
}
