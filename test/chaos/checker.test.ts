/** A checker that cannot fail is no checker: every kind of broken promise is forged, and must be named. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkHistory, type Oracle, type ViolationKind } from './checker.js';
import { eventSchema, type HistoryEvent, parseHistory } from './history.js';

const oracle: Oracle = {
  sha256: new Map([['q', 'right']]),
  refusalMs: 1500,
  stops: [{ from: 5000, to: 6000 }],
  allowedFailures: new Set(['worker_lost']),
};

let seq = 0;
function base(at: number, status: number, user = 'a') {
  seq += 1;
  return { seq, user, t0: at, t1: at + 1, status };
}

const submit = (at = 0, id: string | null = 'x'): HistoryEvent => ({
  ...base(at, id === null ? 0 : 202),
  op: 'submit',
  question: 'q',
  ...(id === null ? {} : { id }),
});
type PollState = Extract<HistoryEvent, { op: 'poll' }>['state'];
const poll = (at: number, state: PollState, code?: string, user = 'a'): HistoryEvent => ({
  ...base(at, state === 'refused' ? 529 : 202, user),
  op: 'poll',
  id: 'x',
  state,
  ...(code === undefined ? {} : { code }),
});
const download = (at: number, sha256 = 'right', over: { length?: number; etag?: string } = {}): HistoryEvent => ({
  ...base(at, 200),
  op: 'download',
  id: 'x',
  sha256,
  bytes: 10,
  length: 10,
  etag: 'e',
  ...over,
});
const revoke = (at: number, status = 200): HistoryEvent => ({ ...base(at, status), op: 'revoke', id: 'x' });

function kinds(...history: HistoryEvent[]): ViolationKind[] {
  return checkHistory(history, oracle).map((violation) => violation.kind);
}

describe('history checker', () => {
  it('finds nothing in sound histories', () => {
    assert.deepEqual(
      kinds(submit(), poll(2, 'pending'), poll(4, 'done'), download(6), download(8), poll(10, 'done')),
      [],
    );
    assert.deepEqual(kinds(submit(), poll(2, 'refused'), poll(4, 'unknown'), poll(6, 'done')), []);
    assert.deepEqual(kinds(submit(), revoke(2), poll(4, 'gone')), []);
    assert.deepEqual(kinds(submit(), poll(2, 'done'), download(4), revoke(6), poll(8, 'gone')), []);
    assert.deepEqual(kinds(submit(), poll(4, 'failed', 'worker_lost')), []);
    assert.deepEqual(kinds(submit(0, null)), []);
  });

  it('accepts either end of a revocation that was not answered', () => {
    assert.deepEqual(kinds(submit(), revoke(2, 0), poll(4, 'done'), download(6)), []);
    assert.deepEqual(kinds(submit(), revoke(2, 0), poll(4, 'gone')), []);
  });

  const forged: readonly (readonly [ViolationKind, readonly HistoryEvent[]])[] = [
    ['stuck', [submit()]],
    ['stuck', [submit(), poll(2, 'pending')]],
    ['stuck', [submit(), poll(2, 'pending'), poll(4, 'refused')]],
    ['lost', [submit(), poll(2, 'missing')]],
    ['lost', [submit(), poll(2, 'pending'), poll(4, 'gone')]],
    ['failed', [submit(), poll(2, 'failed', 'internal')]],
    ['failed', [submit(), poll(2, 'failed')]],
    ['duplicated', [submit(), submit(2), poll(4, 'done')]],
    ['wrong bytes', [submit(), poll(2, 'done'), download(4, 'other')]],
    ['cut', [submit(), poll(2, 'done'), download(4, 'other', { length: 11 })]],
    ['changed', [submit(), poll(2, 'done'), download(4), download(6, 'right', { etag: 'f' })]],
    ['risen', [submit(), poll(2, 'done'), poll(4, 'pending'), poll(6, 'done')]],
    ['risen', [submit(), poll(2, 'failed', 'worker_lost'), poll(4, 'done')]],
    ['forgotten revocation', [submit(), revoke(2), poll(4, 'done')]],
    ['forgotten revocation', [submit(), revoke(2), poll(4, 'pending'), poll(6, 'gone')]],
    ['forgotten revocation', [submit(), poll(2, 'done'), revoke(4), download(6), poll(8, 'gone')]],
    ['foreign', [submit(), poll(2, 'done'), poll(4, 'pending', undefined, 'b')]],
    ['foreign', [submit(), poll(2, 'done'), { ...base(4, 200, 'b'), op: 'list', ids: ['x'] }]],
    ['bad status', [submit(), poll(2, 'done'), { ...base(4, 500), op: 'list', ids: [] }]],
    ['late refusal', [submit(), poll(2, 'done'), { ...base(4, 529), t1: 2000, op: 'list', ids: [] }]],
  ];
  for (const [at, [kind, history]] of forged.entries()) {
    it(`names "${kind}" (${at})`, () => {
      assert.deepEqual(kinds(...history), [kind]);
    });
  }

  it('calls no refusal late that fell into a stop of the service', () => {
    const late: HistoryEvent = { ...base(4500, 529), t1: 6500, op: 'list', ids: [] };
    assert.deepEqual(kinds(submit(), poll(2, 'done'), late), []);
  });

  it('does not depend on the order of the lines', () => {
    const history = [submit(), poll(2, 'pending'), poll(4, 'done'), download(6, 'other')];
    assert.deepEqual(kinds(...history.reverse()), ['wrong bytes']);
  });

  it('reads logs, and nothing that is none', () => {
    const line = JSON.stringify(submit());
    assert.equal(parseHistory(`${line}\n\n${line}\n`).length, 2);
    assert.throws(() => parseHistory('{"op":"submit"}'));
    assert.throws(() => eventSchema.parse({ ...base(0, 200), op: 'other' }));
  });
});
