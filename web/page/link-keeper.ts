/** Keeps the address and the state alike: choices make history, moving in time and place only changes the current entry. */
import { parseLink, printLink } from '../state/link.js';
import { START, type State } from '../state/state.js';
import type { Page } from './page.js';

/** Browsers refuse more than a few changes of the address a second. */
const PAUSE_MS = 350;

/** State without what changes all the time. */
const choices = (state: State): string => printLink({ ...state, view: undefined, time: '', job: undefined });

/** Without its mark and without escapes, where these can be read. */
function decoded(hash: string): string {
  const plain = hash.replace(/^#/, '');
  try {
    return decodeURI(plain);
  } catch {
    return plain;
  }
}

export class LinkKeeper {
  #written = location.hash;
  #chosen: string | undefined;
  #timer = 0;

  constructor(readonly page: Page) {
    window.addEventListener('hashchange', () => this.#read());
  }

  /** Whether the address is the one written last. */
  get #isOwn(): boolean {
    return location.hash === this.#written || decoded(location.hash) === decoded(this.#written);
  }

  #read(): void {
    if (this.#isOwn) return;
    this.#written = location.hash;
    const { state, dropped } = parseLink(location.hash);
    const { lang, theme, zone, units } = this.page.state;
    this.page.store.dispatch({ type: 'set', part: { ...START, lang, theme, zone, units, ...state } });
    this.#chosen = choices(this.page.state);
    if (state.view !== undefined) this.page.map?.setView(state.view);
    if (dropped.length > 0) this.page.toast(this.page.t('linkDropped', { names: dropped.join(', ') }));
  }

  sync(): void {
    if (this.page.selection?.run === undefined) return;
    const now = choices(this.page.state);
    if (now !== this.#chosen) {
      const first = this.#chosen === undefined;
      this.#chosen = now;
      this.#write(!first);
    } else if (this.#timer === 0) {
      this.#timer = window.setTimeout(() => {
        this.#timer = 0;
        this.#write(false);
      }, PAUSE_MS);
    }
  }

  #write(push: boolean): void {
    const { state, selection } = this.page;
    const shown = {
      ...state,
      collection: selection?.part.id ?? state.collection,
      param: selection?.param.key ?? state.param,
    };
    const link = printLink(shown) || '#';
    if (link === this.#written) return;
    // somebody went back, and the event of it is still to come: it must not find its address gone
    if (!this.#isOwn) return;
    this.#written = link;
    history[push ? 'pushState' : 'replaceState'](null, '', link);
  }
}
