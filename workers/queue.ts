/**
 * The queue of jobs, one implementation over BullMQ on any backend. Accepted requests are in the journal before anyone
 * is told (workers/records.ts); BullMQ decides who runs what and when, and can be refilled from the journal at any time.
 */
import { join } from 'node:path';
import type { Job, JobRecord, JobResult } from '../schemas/job.js';
import { isFinal, isJobId } from '../schemas/job.js';
import { LOOK_MS, type QueueBackend } from './backend.js';
import { crashPoint } from './crash-point.js';
import { enqueue, enqueueStarted, type OptionsOf } from './enqueue.js';
import { FastLane } from './fast-lane.js';
import { FreeSpaceGuard } from './free-space.js';
import { priorityOf } from './priority.js';
import { type Change, parseChange } from './queue-changes.js';
import { startConsumer } from './queue-consumer.js';
import type { JobQueue, Lane, QueueOptions } from './queue-port.js';
import { reach, unreachable } from './queue-reach.js';
import { Reconciler } from './queue-reconcile.js';
import { endOf, Records } from './records.js';
import { overwriteOutcome, publishOutcome, readOutcome } from './result-store.js';
import { CANCELLED, type RunJob } from './run.js';
import { type SubmitRate, seededRate } from './submit-rate.js';
import { Sweeper } from './sweeper.js';
import { UnderWay } from './under-way.js';

export type { JobQueue, Lane, QueueOptions } from './queue-port.js';

/** How often a poll of a job in another process looks for itself, should a message be lost. */
const LOOK_EVERY_MS = 1000;
const MINUTE_MS = 60_000;
/** For so long a request that was put into the queue is not looked for there. */
const FRESH_MS = 500;
/** Most ends of its own that a process waits to hear of. */
const MOST_TOLD = 10_000;

export async function openQueue(options: QueueOptions): Promise<JobQueue> {
  const records = await Records.open({
    folder: join(options.state, 'journal'),
    sync: options.durability === 'power',
    ttlMs: options.ttlMs,
    exclusive: options.backend.kind === 'embedded',
  });
  const queue = new BullBackedQueue(options, records);
  await queue.start();
  return queue;
}

class BullBackedQueue implements JobQueue {
  readonly #options: QueueOptions;
  readonly #records: Records;
  readonly #backend: QueueBackend;
  readonly #space: FreeSpaceGuard;
  readonly #reconciler: Reconciler;
  readonly #sweeper: Sweeper;
  readonly #consumers = new Set<AsyncDisposable>();
  readonly #lanes = new Set<FastLane>();
  readonly #underWay = new UnderWay();
  readonly #cancelListeners = new Set<(id: string) => void>();
  /** requests whose ends were told to all by this process, and have yet to come back to it */
  readonly #told = new Set<string>();
  /** when the queue last answered */
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(options: QueueOptions, records: Records) {
    this.#options = options;
    this.#records = records;
    this.#backend = options.backend;
    const onFault = options.onFault ?? ((): void => undefined);
    this.#space = new FreeSpaceGuard(options.state, options.freeBytes);
    this.#reconciler = new Reconciler({
      records,
      store: options.store,
      backend: options.backend,
      optionsOf: (job, cost) => this.#optionsOf(job, cost),
      isRunHere: (id) => this.#isRunHere(id),
      onFault,
    });
    this.#sweeper = new Sweeper({
      records,
      store: options.store,
      backend: this.#backend,
      journal: join(options.state, 'journal'),
      ttlMs: options.ttlMs,
      onFault,
    });
  }

  async start(): Promise<void> {
    await this.#backend.subscribe((message) => this.#hear(parseChange(message)));
    this.#backend.onReturn(() => this.#reconciler.now());
    this.#reconciler.start();
    this.#sweeper.start();
  }

  add(job: Job): Promise<void> {
    return this.#underWay.track(this.#add(job));
  }

  addEnded(job: Job, result: JobResult): Promise<void> {
    return this.#underWay.track(this.#addEnded(job, result));
  }

  cancel(id: string): Promise<boolean> {
    return this.#underWay.track(this.#cancel(id));
  }

  async #add(job: Job): Promise<void> {
    await this.#space.check();
    this.#requireReach();
    if (this.#records.ledger.get(job.id)?.accepted !== undefined) return;
    await this.#records.accept(job);
    crashPoint('queue.before-add');
    if (![...this.#lanes].some((lane) => lane.take(job))) await this.#enqueue(job);
    crashPoint('queue.after-add');
    crashPoint('queue.before-reply');
  }

  async #enqueue(job: Job): Promise<void> {
    try {
      await reach(enqueue(this.#backend, job, this.#optionsOf));
      this.#answeredAt = performance.now();
    } catch (error) {
      await this.#records.withdraw(job.id).catch(() => undefined);
      throw unreachable(error);
    }
  }

  async #addEnded(job: Job, result: JobResult): Promise<void> {
    await this.#space.check();
    const now = Date.now();
    await this.#records.acceptEnded(job, { result, attempt: 0, startedAt: job.acceptedAt, finishedAt: now });
  }

  async get(id: string): Promise<JobRecord | undefined> {
    if (!isJobId(id)) return undefined;
    this.#records.refresh();
    const record = this.#records.view(id, Date.now());
    if (this.#backend.kind === 'embedded' || (record !== undefined && isFinal(record.state))) return record;
    return record === undefined ? this.#findElsewhere(id) : this.#withQueueState(record);
  }

  async #cancel(id: string): Promise<boolean> {
    const record = await this.get(id).catch(() => this.#records.view(id, Date.now()));
    if (record === undefined || record.state === 'cancelled' || record.state === 'expired') return false;
    crashPoint('cancel.before-journal');
    const at = Date.now();
    await this.#records.revoke(id, at);
    crashPoint('cancel.after-journal');
    await this.#eraseResult(record, at);
    crashPoint('cancel.before-broadcast');
    // The revocation stands; what follows only saves work, and must not hold up the answer.
    this.#tell({ t: 'cancel', id });
    reach(this.#backend.queue().remove(id)).catch(() => undefined);
    return true;
  }

  async list(userId: string): Promise<readonly JobRecord[]> {
    this.#records.refresh();
    const now = Date.now();
    return this.#records.ledger.idsOf(userId).flatMap((id) => {
      const record = this.#records.view(id, now);
      return record === undefined || record.state === 'expired' ? [] : [record];
    });
  }

  async wait(id: string, ms: number, signal?: AbortSignal): Promise<JobRecord | undefined> {
    const until = performance.now() + ms;
    const first = await this.get(id);
    if (first === undefined || isFinal(first.state)) return first;
    for (let record: JobRecord | undefined = first; ; ) {
      const left = until - performance.now();
      if (left <= 0 || signal?.aborted === true) return record;
      await this.#change(id, this.#backend.kind === 'embedded' ? left : Math.min(left, LOOK_EVERY_MS), signal);
      try {
        record = await this.get(id);
      } catch {
        // The queue went away while the poll was held: what was known stands, and the next poll is refused at once.
        return record;
      }
      if (record === undefined || record.state !== first.state) return record;
    }
  }

  async process(run: RunJob, concurrency: number, lane?: Lane): Promise<AsyncDisposable> {
    const { store, workerShare } = this.#options;
    const deps = {
      records: this.#records,
      store,
      tell: (change: Change) => this.#tell(change),
      onFault: this.#options.onFault ?? ((): void => undefined),
    };
    const onCancel = (listener: (id: string) => void): (() => void) => {
      this.#cancelListeners.add(listener);
      return () => this.#cancelListeners.delete(listener);
    };
    const consumer = await startConsumer({ ...deps, backend: this.#backend, run, concurrency, workerShare, onCancel });
    const fast = lane && new FastLane({ ...lane, deps, userShare: workerShare, handOver: this.#handOver, onCancel });
    if (fast !== undefined) this.#lanes.add(fast);
    const both = {
      [Symbol.asyncDispose]: async (): Promise<void> => {
        await Promise.all([consumer[Symbol.asyncDispose](), fast?.close()]);
        if (fast !== undefined) this.#lanes.delete(fast);
      },
    };
    this.#consumers.add(both);
    return both;
  }

  readonly #handOver = async (job: Job, lostStarts: number): Promise<void> => {
    await reach(enqueueStarted(this.#backend, job, this.#optionsOf, lostStarts));
  };

  #isRunHere(id: string): boolean {
    for (const lane of this.#lanes) if (lane.has(id)) return true;
    return false;
  }

  unfinished(userId?: string): number {
    this.#records.refresh();
    const { ledger } = this.#records;
    return userId === undefined ? ledger.unfinishedCount : ledger.unfinishedOf(userId).size;
  }

  unfinishedValues(userId: string): number {
    this.#records.refresh();
    return this.#records.ledger.valuesOf(userId);
  }

  depth(): { waiting: number; running: number } {
    let running = 0;
    for (const id of this.#records.ledger.unfinished()) if (this.#records.live(id) !== undefined) running += 1;
    return { waiting: this.#records.ledger.unfinishedCount - running, running };
  }

  submitRate(perMinute: number): SubmitRate {
    const recent = (user: string): number => this.#records.ledger.acceptedSince(user, Date.now() - MINUTE_MS);
    return this.#backend.submitRate?.(perMinute) ?? seededRate(perMinute, recent);
  }

  onEnd(listener: (record: JobRecord) => void): void {
    this.#records.onEnd(listener);
  }

  position(id: string): number | undefined {
    const { ledger } = this.#records;
    const own = ledger.get(id)?.accepted;
    if (own === undefined || this.#records.view(id, Date.now())?.state !== 'queued') return undefined;
    let ahead = 0;
    for (const other of ledger.unfinished()) {
      const accepted = ledger.get(other)?.accepted;
      if (other === id || accepted === undefined || this.#records.live(other) !== undefined) continue;
      if (accepted.cost < own.cost || (accepted.cost === own.cost && accepted.at < own.at)) ahead += 1;
    }
    return ahead;
  }

  scheduler(): unknown {
    return this.#backend.queue();
  }

  health(): ReturnType<JobQueue['health']> {
    const { kind } = this.#backend;
    return { kind, isReachable: this.#backend.isReachable(), warnings: this.#backend.warnings() };
  }

  async close(): Promise<void> {
    // A client may have left in the middle of its submit or revocation; its handler goes on all the same.
    await this.#underWay.settled();
    this.#sweeper.stop();
    await this.#reconciler.stop();
    for (const consumer of this.#consumers) await consumer[Symbol.asyncDispose]();
    await this.#backend.close();
    await this.#records.close();
  }

  /** Options of a job as BullMQ takes them. Retries are counted by the consumer, which knows a crash from a shutdown. */
  readonly #optionsOf: OptionsOf = (job, cost) => {
    const { ledger } = this.#records;
    const costs = [...ledger.unfinishedOf(job.user)]
      .filter((id) => id !== job.id)
      .map((id) => ledger.get(id)?.accepted?.cost ?? 0);
    return {
      jobId: job.id,
      priority: priorityOf(cost, costs),
      attempts: 20,
      backoff: { type: 'fixed', delay: 500 },
      // What ended is in the journal and the store; rows kept for it only slow the embedded database down.
      removeOnComplete: true,
      removeOnFail: true,
    };
  };

  #requireReach(): void {
    if (!this.#backend.isReachable()) throw unreachable();
  }

  /** A request that no journal here knows: of a process with another state directory, perhaps. */
  async #findElsewhere(id: string): Promise<JobRecord | undefined> {
    try {
      const outcome = await readOutcome(this.#options.store, id);
      const job =
        outcome?.job ?? ((await reach(this.#backend.queue().getJob(id), LOOK_MS))?.data.job as Job | undefined);
      if (job === undefined) return undefined;
      if (outcome === undefined) return { job, state: 'queued', attempt: 0, progress: 0 };
      const end = outcome.end;
      this.#records.ledger.apply({ e: 'accept', job }, '');
      this.#records.ledger.apply({ e: 'end', id, end }, '');
      return this.#records.view(id, Date.now());
    } catch {
      // Out of reach or never heard of: the same to the one who asks.
      return undefined;
    }
  }

  /** What the queue says of an unfinished request; throws `overloaded` when it says nothing. */
  async #withQueueState(record: JobRecord): Promise<JobRecord> {
    if (this.#isRunHere(record.job.id)) return record;
    this.#requireReach();
    // It was put there a moment ago: what it could say has been told by message, or will be.
    const since = performance.now() - FRESH_MS;
    const seenAt = this.#records.ledger.get(record.job.id)?.accepted?.seenAt ?? 0;
    if (seenAt > since && this.#answeredAt > since) return record;
    try {
      const asked = await reach(this.#askQueue(record), LOOK_MS);
      this.#answeredAt = performance.now();
      return asked;
    } catch (error) {
      throw unreachable(error);
    }
  }

  async #askQueue(record: JobRecord): Promise<JobRecord> {
    const bull = await this.#backend.queue().getJob(record.job.id);
    if (bull === undefined || record.state === 'processing' || (await bull.getState()) !== 'active') return record;
    const startedAt = bull.processedOn ?? Date.now();
    return { ...record, state: 'processing', attempt: bull.attemptsStarted, startedAt };
  }

  async #eraseResult(record: JobRecord, at: number): Promise<void> {
    const end = { result: CANCELLED, attempt: record.attempt, finishedAt: at };
    const outcome = { job: record.job, end };
    try {
      if (isFinal(record.state)) await overwriteOutcome(this.#options.store, outcome);
      else await publishOutcome(this.#options.store, outcome);
    } catch (error) {
      this.#options.onFault?.(error);
    }
  }

  #tell(change: Change): void {
    if (change.t === 'end' && this.#told.size < MOST_TOLD) this.#told.add(change.id);
    reach(this.#backend.broadcast(JSON.stringify(change))).catch(() => undefined);
  }

  #hear(change: Change | undefined): void {
    if (change === undefined) return;
    if (change.t === 'end' && this.#told.delete(change.id)) return;
    this.#records.refresh();
    if (change.t === 'cancel') for (const listener of this.#cancelListeners) listener(change.id);
    const entry = this.#records.ledger.get(change.id);
    if (change.t !== 'run' || entry === undefined || endOf(entry) !== undefined) return;
    const { attempt, at, progress, part, parts } = change;
    const of = part === undefined || parts === undefined ? undefined : { part, parts };
    this.#records.setLive(change.id, { attempt, startedAt: at, progress }, of);
  }

  #change(id: string, ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stop();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      const stop = this.#records.onChange(id, done);
      signal?.addEventListener('abort', done);
    });
  }
}
