/** Holds the state, and tells once a turn that something has changed. */
import { type Action, reduce } from './reducer.js';
import type { State } from './state.js';

export interface Store {
  readonly state: State;
  dispatch(action: Action): void;
  /** Asks for the listener to be called although the state is the same: data have come. */
  touch(): void;
}

export function createStore(
  first: State,
  listener: () => void,
  schedule: (run: () => void) => void = queueMicrotask,
): Store {
  let state = first;
  let pending = false;
  const touch = (): void => {
    if (pending) return;
    pending = true;
    schedule(() => {
      pending = false;
      listener();
    });
  };
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      touch();
    },
    touch,
  };
}

/** Work that hangs on values: begun again when its key changes, and the one before is aborted then. */
export class Effects {
  readonly #running = new Map<string, { readonly key: string; readonly life: AbortController }>();

  run(name: string, key: string, work: (signal: AbortSignal) => void): void {
    const before = this.#running.get(name);
    if (before?.key === key) return;
    before?.life.abort();
    const life = new AbortController();
    this.#running.set(name, { key, life });
    work(life.signal);
  }

  /** Lets the next run begin although the key is the same. */
  forget(name: string): void {
    this.#running.get(name)?.life.abort();
    this.#running.delete(name);
  }
}
