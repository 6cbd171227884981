/** What the queue costs by itself: jobs that do nothing, one after the other and many at once, on a Redis server. */
import { Queue, QueueEvents, Worker } from 'bullmq';

const JOBS = 2000;
const WARM = 50;
const CONCURRENCY = 32;

export interface QueueBase {
  /** from adding a job to knowing its result, ms */
  readonly times: readonly number[];
  readonly jobsPerSecond: number;
}

export async function queueBase(port: number, n: number): Promise<QueueBase> {
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  const name = 'bench-nothing';
  const queue = new Queue(name, { connection });
  const events = new QueueEvents(name, { connection });
  const worker = new Worker(name, async () => 1, { connection, concurrency: CONCURRENCY });
  try {
    await Promise.all([events.waitUntilReady(), worker.waitUntilReady()]);
    const times: number[] = [];
    for (let run = 0; run < WARM + n; run++) {
      const start = performance.now();
      const job = await queue.add('nothing', { run }, { removeOnComplete: 100 });
      await job.waitUntilFinished(events);
      if (run >= WARM) times.push(performance.now() - start);
    }
    let [done, settle] = [0, (): void => undefined];
    const all = new Promise<void>((resolve) => {
      settle = resolve;
    });
    worker.on('completed', () => {
      if (++done === JOBS) settle();
    });
    const start = performance.now();
    await queue.addBulk(
      Array.from({ length: JOBS }, (_, run) => ({ name: 'nothing', data: { run }, opts: { removeOnComplete: 100 } })),
    );
    await all;
    return { times, jobsPerSecond: JOBS / ((performance.now() - start) / 1000) };
  } finally {
    await worker.close();
    await events.close();
    await queue.close();
  }
}
