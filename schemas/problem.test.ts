/** What callers are told of an error: its own words without our folders, and nothing of a fault. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { FeatureError, hideFolders, toProblem } from './problem.js';

describe('problems', () => {
  afterEach(() => hideFolders([]));

  it('name files below a folder that is hidden, and not the folder', () => {
    hideFolders(['/srv/data/', '/srv/data/runs', 's3://bucket/runs']);
    const detail = (text: string): string => toProblem(new FeatureError('decode_failed', text)).detail;
    assert.equal(detail('/srv/data/runs/2026/a.fst: cannot be read.'), '2026/a.fst: cannot be read.');
    assert.equal(detail('/srv/data/other/a.fst and /srv/data/b.fst differ.'), 'other/a.fst and b.fst differ.');
    assert.equal(detail('s3://bucket/runs/a.fst changed.'), 'a.fst changed.');
    assert.equal(detail('GET /api/v1/collections lists them.'), 'GET /api/v1/collections lists them.');
  });

  it('hide nothing when the root of the file system is the folder', () => {
    hideFolders(['/']);
    assert.equal(toProblem(new FeatureError('no_data', 'see /docs.')).detail, 'see /docs.');
  });

  it('tell nothing of what is not expected', () => {
    const problem = toProblem(new Error('secret at /srv/data/file.ts:1:2'));
    assert.equal(problem.code, 'internal');
    assert.doesNotMatch(problem.detail, /secret|srv/);
  });
});
