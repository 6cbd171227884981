/**
 * Program: a queue with job processes on a state directory, for the crash-point tests. Says on standard output what a
 * client was told, a line each: `accepted ID`, `revoked ID`, and at last `ended ID STATE TEXT` for every request of
 * the state directory; with `--work` it runs jobs until it is killed. Usage: queue-program STATE URL [--submit N | --work]
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { FsStore } from '../../extraction/store-fs.js';
import { isFinal, JOB_VERSION, type JobRecord, newJobId } from '../../schemas/job.js';
import { ChildPool } from '../../workers/child-pool.js';
import { openJobQueue } from '../../workers/open.js';
import type { JobQueue } from '../../workers/queue.js';

const USER = 'local/chaos';
const STDOUT = 1;
/** Of the submitted requests, every so-manieth is revoked. */
const REVOKE_EVERY = 4;
/** And every so-manieth is worked on in parts. */
const IN_PARTS_EVERY = 3;

/** Unbuffered: what was said before the process dies was said. */
function say(text: string): void {
  writeSync(STDOUT, `${text}\n`);
}

async function submit(queue: JobQueue, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const id = newJobId();
    const request = { text: `answer of ${id}`, do: 'sleep', ms: n % 2 === 0 ? 1 : 80 };
    await queue.add({
      ...{ version: JOB_VERSION, id, user: USER, acceptedAt: Date.now(), cost: 1 + n },
      ...{ kind: 'extract', collection: 'c', request },
      ...(n % IN_PARTS_EVERY === 0 ? { parts: 3 } : {}),
    });
    say(`accepted ${id}`);
    if (n % REVOKE_EVERY === REVOKE_EVERY - 1 && (await queue.cancel(id))) say(`revoked ${id}`);
  }
}

async function textOf(record: JobRecord, store: FsStore): Promise<string> {
  const { result } = record;
  if (result === undefined) return '';
  if (!result.ok) return result.code;
  if (result.ref === undefined) return '';
  return Buffer.from(await store.read(result.ref.key, 0, result.ref.bytes)).toString();
}

async function main(state: string, url: string, options: readonly string[]): Promise<void> {
  const store = await FsStore.open(join(state, 'store'));
  const settings = { ttlMs: 600_000, freeBytes: 0, durability: 'power', workerShare: 1 } as const;
  const queue = await openJobQueue({ ...settings, url, state, store });
  await using pool = new ChildPool({
    entry: new URL('../job-child.js', import.meta.url),
    init: { store: store.root },
    ...{ heapMb: 128, rssMb: 400, jobMs: 60_000, jobsPerChild: 100, warm: 1 },
  });
  await queue.process(pool.run, 2, { run: pool.runBeside, slots: 2 });
  if (options.includes('--work')) {
    say('working');
    await new Promise(() => setInterval(() => undefined, 1000));
  }
  if (options.includes('--submit')) await submit(queue, Number(options[options.indexOf('--submit') + 1]));
  for (const { job } of await queue.list(USER)) {
    let record = await queue.get(job.id);
    while (record !== undefined && !isFinal(record.state)) record = await queue.wait(job.id, 20_000);
    if (record !== undefined) say(`ended ${job.id} ${record.state} ${await textOf(record, store)}`);
  }
  await queue.close();
}

const [state, url, ...options] = process.argv.slice(2);
// Without arguments it does nothing: `node --test` on Node 20 starts every file below a folder named `test`.
if (state !== undefined && url !== undefined) await main(state, url, options);
