/** Mouse, touch and keys on the map: readout under the pointer, shapes from clicks, shortcuts. */
import { placeText } from '../geo/sphere.js';
import type { TrackDefaults } from '../map/shapes.js';
import { type Part, unitFamily } from '../model/catalogue.js';
import { dimensionsOf, layerOf } from '../model/select.js';
import { timeText } from '../model/times.js';
import { numberText, unitFor, valueText } from '../model/units.js';
import { TOOL_KEYS } from '../shell/tools.js';
import type { LatLon } from '../state/state.js';
import type { Page } from './page.js';

const REST_MS = 80;

interface Info {
  readonly value: number | null;
  readonly unit: string;
  readonly latitude: number | null;
  readonly distance_km: number | null;
}

/** What GetFeatureInfo says of what is shown at a place, one a layer; undefined before there is anything shown. */
async function infoAt(page: Page, at: LatLon, signal: AbortSignal): Promise<readonly Info[] | undefined> {
  const { selection, time, map } = page;
  if (selection === undefined || Number.isNaN(time) || map === undefined) return undefined;
  const { layer } = layerOf(selection);
  const layers = selection.param.components?.map((key) => `${selection.part.id}/${key}`) ?? [layer];
  const query = new URLSearchParams({
    SERVICE: 'WMS',
    VERSION: '1.3.0',
    REQUEST: 'GetFeatureInfo',
    INFO_FORMAT: 'application/json',
    STYLES: '',
    FORMAT: 'image/png',
    LAYERS: layers.join(','),
    QUERY_LAYERS: layers.join(','),
    ...map.infoQuery(at),
    ...dimensionsOf(selection, time, selection.level),
  });
  const answer = await page.server.call(`/wms?${query}`, {}, signal);
  const { features } = (await answer.json()) as { features: { properties: Info }[] };
  return features.map(({ properties }) => properties);
}

/** Whether a box along meridians and parallels holds a place, and all around it to a distance in degrees. */
function holds([w, s, e, n]: Part['bbox'], [lat, lon]: LatLon, around: number): boolean {
  const wide = e < w ? e - w + 360 : e - w;
  const east = (((lon - w) % 360) + 360) % 360;
  return lat >= s + around && lat <= n - around && (wide >= 359 || (east >= around && east <= wide - around));
}

/** Whether a place has a grid point; true where that is not known. */
export async function isInside(page: Page, at: LatLon, signal: AbortSignal): Promise<boolean> {
  const part = page.selection?.part;
  // well inside a plain grid there is nothing to ask
  if (part?.isLatLon === true && holds(part.bbox, at, part.spacing)) return true;
  const found = await infoAt(page, at, signal).catch(() => undefined);
  return found === undefined || found.length === 0 || found.some(({ latitude }) => latitude !== null);
}

/** Value of what is shown at a place, as GetFeatureInfo says; the length of the vector for winds given by components. */
export async function valueAt(
  page: Page,
  at: LatLon,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly km: number | null } | undefined> {
  const features = await infoAt(page, at, signal);
  const [first] = features ?? [];
  if (features === undefined || first === undefined || features.some(({ value }) => value === null)) return undefined;
  const value = Math.hypot(...features.map((one) => one.value!));
  const shown = features.length > 1 ? value : first.value!;
  return {
    text: valueText(shown, unitFor(first.unit, unitFamily(page.selection!.param), page.state.units), page.state.lang),
    km: first.distance_km,
  };
}

export class Pointer {
  #timer = 0;
  #life = new AbortController();
  readonly #card = document.getElementById('readout')!;
  /** where the pointer rests */
  #rest: { readonly at: LatLon; readonly x: number; readonly y: number } | undefined;
  /** field and time that the card was asked of */
  #asked = '';

  constructor(readonly page: Page) {}

  hover(at: LatLon | undefined, x: number, y: number): void {
    clearTimeout(this.#timer);
    this.#life.abort();
    // a value must not stand beside a place that it is not of
    this.#card.hidden = true;
    this.#rest = at && { at, x, y };
    if (at === undefined) return;
    this.#place(x, y);
    this.#timer = window.setTimeout(() => void this.#ask(at, x, y), REST_MS);
    if (this.page.map?.drawing?.clicks.length) this.page.store.touch();
  }

  /** Follows the map: another field or time has another value under a pointer that rests. */
  sync(): void {
    const { selection, time, state } = this.page;
    if (selection === undefined) return;
    const { run, level, member } = selection;
    const now = `${layerOf(selection).layer} ${run?.id} ${level} ${member} ${time} ${state.lang} ${JSON.stringify(state.units)}`;
    if (now === this.#asked) return;
    this.#asked = now;
    if (this.#rest !== undefined) this.hover(this.#rest.at, this.#rest.x, this.#rest.y);
  }

  /** Beside the pointer, on the side where there is room. */
  #place(x: number, y: number): void {
    const { clientWidth, clientHeight } = this.#card.parentElement!;
    this.#card.style.left = `${x > clientWidth - 220 ? x - 200 : x + 18}px`;
    this.#card.style.top = `${y > clientHeight - 190 ? y - 90 : y + 16}px`;
  }

  async #ask(at: LatLon, x: number, y: number): Promise<void> {
    this.#life = new AbortController();
    const { signal } = this.#life;
    try {
      const found = await valueAt(this.page, at, signal);
      if (signal.aborted) return;
      this.#card.replaceChildren(...this.#lines(at, found));
      this.#card.dataset['at'] = `${Math.round(x)},${Math.round(y)}`;
      this.#card.hidden = false;
    } catch {
      // without an answer there is no card
    }
  }

  #lines(at: LatLon, found: { readonly text: string; readonly km: number | null } | undefined): HTMLElement[] {
    const line = (tag: string, text: string): HTMLElement =>
      Object.assign(document.createElement(tag), { textContent: text });
    if (found === undefined) return [line('span', this.page.t('outside'))];
    const km =
      found.km === null
        ? []
        : [line('span', this.page.t('gridPoint', { km: numberText(found.km, 1, this.page.state.lang) }))];
    return [line('b', found.text), line('span', placeText(at, this.page.state.lang)), ...km];
  }

  trackDefaults(): TrackDefaults {
    const { selection, time } = this.page;
    const start = selection?.run === undefined || Number.isNaN(time) ? 0 : (time - selection.run.base) / 3_600_000;
    const part = selection?.part;
    return { start, levels: part?.levtype === 'pl' || part?.levtype === 'ml' ? part.levels : [] };
  }

  click(at: LatLon): void {
    const { page } = this;
    const { tool } = page.state;
    document.body.classList.remove('rail-open', 'menu-open');
    if (tool === undefined || tool === 'pt') {
      page.choose({ kind: 'pt', at: [Number(at[0].toFixed(4)), Number(at[1].toFixed(4))] });
      void this.#say(at);
      return;
    }
    this.#done(page.map!.drawing!.click(at, this.trackDefaults()));
  }

  async #say(at: LatLon): Promise<void> {
    const { page } = this;
    const found = await valueAt(page, at, new AbortController().signal).catch(() => undefined);
    const { selection, time, state } = page;
    if (selection === undefined) return;
    const value = found?.text ?? page.t('outside');
    page.say(
      page.t('spoken', {
        param: selection.param.label[state.lang],
        value,
        time: timeText(time, state.lang, 'utc'),
        place: placeText(at, state.lang),
      }),
    );
  }

  /** Ends what is being drawn: Enter, a double click, or the last click that the shape needs. */
  finish(): void {
    const drawing = this.page.map?.drawing;
    if (drawing !== undefined) this.#done(drawing.finish(this.trackDefaults()));
  }

  #done(feature: ReturnType<NonNullable<NonNullable<Page['map']>['drawing']>['finish']>): void {
    if (feature === undefined) {
      this.page.store.touch();
      return;
    }
    this.page.store.dispatch({ type: 'tool', tool: undefined });
    this.page.choose(feature);
  }

  /** Keys while the map has the focus. True: taken. */
  mapKey(event: KeyboardEvent): boolean {
    const { page } = this;
    const drawing = page.map?.drawing;
    const isDrawing = (drawing?.clicks.length ?? 0) > 0;
    if (event.key === 'Enter') {
      const { tool } = page.state;
      if (isDrawing && !event.shiftKey && event.ctrlKey) this.finish();
      else if (isDrawing && tool !== undefined && this.#atLast()) this.finish();
      else this.click(page.map!.middle());
      return true;
    }
    if (event.key === 'Backspace' && isDrawing) {
      drawing!.back();
      page.store.touch();
      return true;
    }
    return false;
  }

  /** Whether the middle of the map is the corner set last: Enter there means the end. */
  #atLast(): boolean {
    const last = this.page.map!.drawing!.clicks.at(-1)!;
    const [x, y] = this.page.map!.positionOf(last);
    const [mx, my] = this.page.map!.positionOf(this.page.map!.middle());
    return Math.hypot(x - mx, y - my) < 6;
  }

  /** Shortcuts of one letter, outside of inputs. True: taken. */
  pageKey(event: KeyboardEvent): boolean {
    const { page } = this;
    if (!page.letters) return false;
    const step = event.shiftKey ? 6 : 1;
    const tool = TOOL_KEYS.get(event.key.toLowerCase());
    if (tool !== undefined && !event.shiftKey) page.store.dispatch({ type: 'tool', tool });
    else if (event.key === '?') page.openHelp();
    else if (event.key === '/') document.getElementById('find')?.focus();
    else if (event.key === ' ') page.store.dispatch({ type: 'set', part: { playing: !page.state.playing } });
    else if (event.key === ',' || event.key === '<') page.showIndex(page.at - step);
    else if (event.key === '.' || event.key === '>') page.showIndex(page.at + step);
    else if (event.key === 'k') page.openForm();
    else if (event.key === 'j') page.jobs.toggle();
    else return false;
    return true;
  }
}
