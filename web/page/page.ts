/** What the parts of the page share: state, data of the server, words, and the means to change them. */
import type { DecodedCoverage } from '../../client/covjson.js';
import type { Price } from '../../client/polytope.js';
import { type Scale, withRange } from '../../schemas/styles.js';
import { type Translate, translator } from '../i18n/t.js';
import type { MapView } from '../map/map-view.js';
import { firstChoice, type Model, type Param, type Part, type Run, scaleFor } from '../model/catalogue.js';
import type { PointAnswer } from '../model/coverage.js';
import { layerOf, nearestLevel, type Selection, selectionOf, timeIndex } from '../model/select.js';
import { ORIGIN, type Server } from '../model/server.js';
import { isoMinute } from '../model/times.js';
import type { JobList } from '../request/jobs.js';
import { printLink } from '../state/link.js';
import type { Crs, Feature, LatLon, State } from '../state/state.js';
import { Effects, type Store } from '../state/store.js';

/** Closes the menu that an event came from. */
export function closeMenu(event: Event): void {
  (event.target as HTMLElement).closest('details')?.removeAttribute('open');
}

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Surface pressure along a track: km from its start, and hPa there. */
export interface Ground {
  readonly km: readonly number[];
  readonly pressure: readonly number[];
}

/** What a panel asked for: not asked, under way, there, or failed. */
export type Asked<T> =
  | { readonly state: 'none' | 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown };

export const NOT_ASKED = { state: 'none' } as const;

/** Series of a point: the deterministic run or control, and the members where there are some. */
export interface PointData {
  readonly single: PointAnswer | undefined;
  readonly members: PointAnswer | undefined;
  /** of the lowest level, where the surface has no temperature */
  readonly aloft?: PointAnswer;
  /** its level, hPa */
  readonly level?: number;
}

export interface Data {
  models: readonly Model[] | undefined;
  modelsError: unknown;
  runs: ReadonlyMap<string, readonly Run[]>;
  /** times of a parameter in a run, by the key of the selection */
  times: ReadonlyMap<string, readonly number[]>;
  buffered: readonly number[];
  met: Asked<PointData>;
  prof: Asked<PointData>;
  price: Asked<Price>;
  result: Asked<readonly DecodedCoverage[]>;
  ground: Asked<Ground>;
  toasts: readonly Toast[];
  /** newest run that is not shown, when a newer one has come */
  newer: Run | undefined;
}

export const timesKey = (selection: Selection): string =>
  `${layerOf(selection).layer} ${selection.run?.id} ${selection.level} ${selection.member}`;

/** A place of the map and where it is in the map, pixels. */
export interface MenuPlace {
  readonly at: LatLon;
  readonly x: number;
  readonly y: number;
}

const LETTERS = 'polyfst.letters';

function readLetters(): boolean {
  try {
    return localStorage.getItem(LETTERS) !== 'off';
  } catch {
    return true;
  }
}

export class Page {
  readonly effects = new Effects();
  readonly data: Data = {
    models: undefined,
    modelsError: undefined,
    runs: new Map(),
    times: new Map(),
    buffered: [],
    met: NOT_ASKED,
    prof: NOT_ASKED,
    price: NOT_ASKED,
    result: NOT_ASKED,
    ground: NOT_ASKED,
    toasts: [],
    newer: undefined,
  };
  store!: Store;
  jobs!: JobList;
  map: MapView | undefined;
  /** frames a second of the animation */
  rate = 4;
  formOpen = false;
  helpOpen = false;
  /** where the menu of the map is open */
  menuAt: MenuPlace | undefined;
  /** whether single letters are shortcuts */
  letters = readLetters();
  /** whether areas are extracted for all times, or for the one shown */
  wholeRun = true;
  /** of all times, every how manyth is extracted */
  stride = 1;
  #toast = 0;

  constructor(readonly server: Server) {}

  get state(): State {
    return this.store.state;
  }

  get t(): Translate {
    return translator(this.state.lang);
  }

  /** Changes data and lets everything that shows them follow. */
  change(part: Partial<Data>): void {
    Object.assign(this.data, part);
    this.store.touch();
  }

  get selection(): Selection | undefined {
    return selectionOf(this.state, this.data.models ?? [], this.data.runs);
  }

  /** Colours of what is shown, over the range chosen; only with a selection. */
  get scale(): Scale {
    const { param, level } = this.selection!;
    const own = scaleFor(param, level);
    return this.state.scale === undefined ? own : withRange(own, ...this.state.scale);
  }

  /** Times of what is shown; those of the run while the parameter's own are not known. */
  get times(): readonly number[] {
    const { selection } = this;
    return selection === undefined ? [] : (this.data.times.get(timesKey(selection)) ?? []);
  }

  /** Index of the time shown; -1 without any. */
  get at(): number {
    return timeIndex(this.state, this.selection?.run, this.times);
  }

  /** The instant shown, ms; NaN without any. */
  get time(): number {
    return this.times[this.at] ?? Number.NaN;
  }

  chooseModel(name: string): void {
    const model = this.data.models?.find((one) => one.name === name);
    const first = model && firstChoice(model);
    if (first === undefined) return;
    const { part, param } = first;
    const level = nearestLevel(part, this.state.level);
    this.store.dispatch({ type: 'model', collection: part.id, param: param.key, level });
  }

  chooseParam(part: Part, param: Param): void {
    const level =
      part.levtype === 'sfc' ? this.state.level : nearestLevel(part, this.selection?.level ?? this.state.level);
    this.store.dispatch({ type: 'param', collection: part.id, key: param.key, level });
    document.body.classList.remove('rail-open');
  }

  showIndex(index: number): void {
    const time = this.times[Math.min(Math.max(index, 0), this.times.length - 1)];
    if (time !== undefined) this.showTime(time);
  }

  showTime(time: number): void {
    this.store.dispatch({ type: 'set', part: { time: isoMinute(time) } });
  }

  setRate(rate: number): void {
    this.rate = rate;
    this.store.touch();
  }

  chooseCrs(crs: Crs, event: Event): void {
    closeMenu(event);
    this.store.dispatch({ type: 'set', part: { crs } });
  }

  /** Times that an area is extracted for. */
  get wantedTimes(): readonly number[] {
    return this.wholeRun ? this.times.filter((_, n) => n % this.stride === 0) : [this.time];
  }

  /** Extracts areas for every `stride`-th time of the run, or for the time shown. */
  scopeTo(wholeRun: boolean, stride = 1): void {
    this.wholeRun = wholeRun;
    this.stride = stride;
    this.store.touch();
  }

  choose(feature: Feature | undefined): void {
    this.stride = 1;
    this.store.dispatch({ type: 'feature', feature });
  }

  openForm(open = true): void {
    this.formOpen = open;
    this.store.touch();
  }

  openHelp(open = true): void {
    this.helpOpen = open;
    this.store.touch();
  }

  openMenu(place: MenuPlace | undefined): void {
    this.menuAt = place;
    this.store.touch();
  }

  /** Single letters as shortcuts, or not: some people speak to their machine. */
  useLetters(on: boolean): void {
    this.letters = on;
    try {
      localStorage.setItem(LETTERS, on ? 'on' : 'off');
    } catch {
      // without storage the choice lives as long as the page
    }
    this.store.touch();
  }

  toggleRail(): void {
    document.body.classList.toggle('rail-open');
  }

  toggleMenu(): void {
    document.body.classList.toggle('menu-open');
    this.store.touch();
  }

  /** Copies a link to what is shown: to this run, or to whichever is newest when it is opened. */
  copyLink(newest: boolean, event: Event): void {
    closeMenu(event);
    const { state, selection, time } = this;
    const run = selection?.run;
    const lead = run === undefined || Number.isNaN(time) ? '' : `+${(time - run.base) / 3_600_000}h`;
    const shared = newest ? { ...state, run: 'latest', time: lead } : { ...state, run: run?.id ?? 'latest' };
    void this.copy(`${ORIGIN}/${printLink(shared)}`, this.t('linkCopied'));
  }

  async copy(text: string, said: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.toast(said);
    } catch {
      this.toast(text);
    }
  }

  savePicture(event: Event): void {
    closeMenu(event);
    void import('../map/save.js').then(({ savePicture }) => savePicture(this));
  }

  toast(text: string, action?: Toast['action']): void {
    const toast: Toast = { id: ++this.#toast, text, ...(action === undefined ? {} : { action }) };
    this.change({ toasts: [...this.data.toasts.filter((one) => one.text !== text), toast].slice(-3) });
    setTimeout(() => this.dismiss(toast.id), action === undefined ? 5000 : 12_000);
  }

  dismiss(id: number): void {
    this.change({ toasts: this.data.toasts.filter((one) => one.id !== id) });
  }

  /** Says something to people who cannot see it. */
  say(text: string): void {
    const live = document.getElementById('live');
    if (live !== null) live.textContent = text;
  }
}
