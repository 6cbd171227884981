import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it } from 'node:test';
import type { RefreshReport } from '../catalogue.js';
import { type WatchFailure, watchCatalogue } from './watch-data.js';

const report: RefreshReport = { changed: [], files: 0, records: 0, runs: 0, unfinished: [] };

describe('watchCatalogue', () => {
  it('looks again and again until it is told to stop, failures included', async () => {
    const stop = new AbortController();
    const heard: string[] = [];
    const listener = (message: unknown): unknown => heard.push((message as WatchFailure).detail);
    subscribe('fst:watch', listener);
    let looks = 0;
    const refresh = async (): Promise<RefreshReport> => {
      looks++;
      if (looks === 2) throw new Error('disk gone');
      if (looks === 4) stop.abort();
      return report;
    };
    await watchCatalogue({ refresh, sync: async () => assert.fail() }, { intervalMs: 1 }, stop.signal);
    unsubscribe('fst:watch', listener);
    assert.equal(looks, 4);
    assert.equal(heard.length, 1);
  });

  it('ends at once when it is told to stop while it rests', async () => {
    const stop = new AbortController();
    const watching = watchCatalogue(
      { refresh: async () => assert.fail(), sync: async () => assert.fail() },
      { intervalMs: 60_000, mode: 'sync' },
      stop.signal,
    );
    stop.abort();
    await watching;
  });
});
