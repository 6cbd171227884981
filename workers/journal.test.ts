import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type ExtractJob, JOB_VERSION, newJobId } from '../schemas/job.js';
import { Journal, type JournalLine } from './journal.js';
import { JournalReader } from './journal-reader.js';
import { Ledger } from './ledger.js';

function job(user = 'local/a'): ExtractJob {
  return {
    version: JOB_VERSION,
    id: newJobId(),
    user,
    acceptedAt: 1,
    cost: 1,
    kind: 'extract',
    collection: 'c',
    request: { text: 'é\n"' },
  };
}

describe('journal', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-journal-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = (reader: JournalReader, own = ''): JournalLine[] => [...reader.fresh(own)].map((one) => one.line);

  it('gives back what was appended, in order, each line once', async () => {
    const journal = await Journal.open({ folder, sync: true });
    const lines: JournalLine[] = [
      { e: 'accept', job: job() },
      { e: 'revoke', id: newJobId(), at: 5 },
      { e: 'end', id: newJobId(), end: { result: { ok: true, notes: [] }, attempt: 1, finishedAt: 9 } },
      { e: 'void', id: newJobId() },
    ];
    await Promise.all(lines.map((line) => journal.append([line])));
    const reader = new JournalReader(folder);
    assert.deepEqual(read(reader), lines);
    assert.deepEqual(read(reader), []);
    await journal.append([lines[1]!]);
    assert.deepEqual(read(reader), [lines[1]]);
    assert.deepEqual(read(new JournalReader(folder), journal.segment), []);
    await journal.close();
    await assert.rejects(journal.append(lines), /shutting down/);
  });

  it('skips a cut line and waits for one that is not complete', async () => {
    const line = JSON.stringify({ e: 'void', id: newJobId() });
    const path = join(folder, 'a.ndjson');
    await appendFile(path, `{"e":"acc\n${line}\n${line.slice(0, 10)}`);
    const reader = new JournalReader(folder);
    assert.equal(read(reader).length, 1);
    assert.equal(reader.skipped, 1);
    await appendFile(path, `${line.slice(10)}\n`);
    assert.equal(read(reader).length, 1);
  });

  it('begins a new segment when one is full or was taken away', async () => {
    const journal = await Journal.open({ folder, sync: false, segmentBytes: 10 });
    await journal.append([{ e: 'void', id: newJobId() }]);
    await journal.append([{ e: 'void', id: newJobId() }]);
    assert.equal((await readdir(folder)).length, 2);
    await unlink(join(folder, journal.segment));
    await journal.append([{ e: 'void', id: newJobId() }]);
    assert.match(await readFile(join(folder, journal.segment), 'utf8'), /void/);
    await journal.close();
  });
});

describe('ledger', () => {
  it('knows the same in whatever order lines come', () => {
    const one = job();
    const lines: JournalLine[] = [
      { e: 'accept', job: one },
      { e: 'end', id: one.id, end: { result: { ok: true, notes: [] }, attempt: 1, finishedAt: 9 } },
      { e: 'revoke', id: one.id, at: 12 },
    ];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
      [2, 0, 1],
    ]) {
      const ledger = new Ledger();
      for (const at of order) assert.equal(ledger.apply(lines[at]!, 's'), true);
      for (const at of order) assert.equal(ledger.apply(lines[at]!, 's'), false);
      assert.equal(ledger.get(one.id)?.revokedAt, 12);
      assert.equal(ledger.get(one.id)?.end?.finishedAt, 9);
      assert.deepEqual(ledger.job(one.id), one);
      assert.deepEqual(ledger.idsOf(one.user), [one.id]);
      assert.equal(ledger.unfinishedCount, 0);
      assert.equal(ledger.isDone('s'), false);
      ledger.forget(one.id);
      assert.equal(ledger.isDone('s'), true);
      assert.deepEqual(ledger.idsOf(one.user), []);
    }
  });

  it('keeps the first ending', () => {
    const ledger = new Ledger();
    const one = job();
    ledger.apply({ e: 'accept', job: one }, 's');
    assert.equal(ledger.unfinishedCount, 1);
    const end = (finishedAt: number) => ({ result: { ok: true as const, notes: [] }, attempt: 1, finishedAt });
    assert.equal(ledger.apply({ e: 'end', id: one.id, end: end(1) }, 's'), true);
    assert.equal(ledger.apply({ e: 'end', id: one.id, end: end(2) }, 't'), false);
    assert.equal(ledger.get(one.id)?.end?.finishedAt, 1);
    assert.equal(ledger.unfinishedCount, 0);
  });

  it('tells whether others wait', () => {
    const ledger = new Ledger();
    const [mine, theirs] = [job('local/me'), job('local/you')];
    ledger.apply({ e: 'accept', job: mine }, 's');
    assert.equal(
      ledger.othersWait('local/me', () => false),
      false,
    );
    ledger.apply({ e: 'accept', job: theirs }, 's');
    assert.equal(
      ledger.othersWait('local/me', () => false),
      true,
    );
    assert.equal(
      ledger.othersWait('local/me', (id) => id === theirs.id),
      false,
    );
  });
});
