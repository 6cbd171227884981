/** Holds the state; tells watchers what they look at has changed. Watchers run once per turn, after all dispatches of it. */
import { type Action, reduce } from './reducer.js';
import type { State } from './state.js';

export interface Store {
  readonly state: State;
  dispatch(action: Action): void;
  /** Calls `run` now and whenever a selected value changes. The signal aborts when the next call begins. */
  watch<T extends readonly unknown[]>(select: (state: State) => T, run: (values: T, signal: AbortSignal) => void): void;
}

interface Watcher {
  readonly check: () => void;
}

const same = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((value, index) => Object.is(value, other[index]));

export function createStore(first: State, schedule: (run: () => void) => void = queueMicrotask): Store {
  let state = first;
  let pending = false;
  const watchers: Watcher[] = [];
  const flush = (): void => {
    pending = false;
    for (const { check } of watchers) check();
  };
  return {
    get state() {
      return state;
    },
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      if (!pending) {
        pending = true;
        schedule(flush);
      }
    },
    watch(select, run) {
      let seen = select(state);
      let life = new AbortController();
      run(seen, life.signal);
      watchers.push({
        check() {
          const now = select(state);
          if (same(seen, now)) return;
          seen = now;
          life.abort();
          life = new AbortController();
          run(now, life.signal);
        },
      });
    },
  };
}
