/**
 * One job process, as its parent sees it: started, given jobs, cancelled, ended when it does not listen, grows too big or
 * has done its share. Whatever kills it costs the jobs in it and nothing else; the pool decides how many those are.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Job, JobResult } from '../schemas/job.js';
import { fromChildSchema, type ToChild } from './child-messages.js';
import { lowerPriority, NICENESS } from './niceness.js';
import { CANCELLED, type RunContext, WorkerLost } from './run.js';

export interface ChildOptions {
  /** module that calls `serveChild` (workers/child.ts) */
  readonly entry: URL;
  /** handed to the child's `serveChild`; plain data */
  readonly init: unknown;
  readonly heapMb: number;
  readonly rssMb: number;
  /** longest run of a job, ms */
  readonly jobMs: number;
}

/** A cancelled job that has not stopped by itself after this is ended with its process. */
const CANCEL_GRACE_MS = 2000;
const LOOK_AT_RSS_MS = 1000;
const PAGE_BYTES = 4096;
const STDERR_TAIL = 4096;

/** A job in the process. */
interface Run {
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: WorkerLost) => void;
  readonly progress: (fraction: number) => void;
  /** why the parent ended the process for this job; its result then */
  verdict?: JobResult;
}

export class JobProcess {
  readonly #options: ChildOptions;
  readonly #process: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #runs = new Map<number, Run>();
  readonly #watch: NodeJS.Timeout;
  #lastRun = 0;
  #stderr = '';
  jobsDone = 0;
  /** resident bytes when last looked at, about a second ago */
  seenBytes = 0;
  /** gives way to all others, for good: only a privileged user may take that back */
  isForBig = false;
  isAlive = true;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#process = fork(options.entry, [], {
      execArgv: [`--max-old-space-size=${options.heapMb}`],
      // Standard output belongs to the command that the parent runs.
      stdio: ['ignore', 2, 'pipe', 'ipc'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      process.stderr.write(text);
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    let isReady = (): void => undefined;
    this.#ready = new Promise((resolve) => {
      isReady = resolve;
    });
    this.#process.on('message', (message) => this.#hear(message, isReady));
    this.#process.once('exit', (code, signal) => this.#gone(signal ?? `exit code ${code}`));
    this.#process.on('error', () => this.#gone('it could not be started'));
    this.#watch = setInterval(() => void this.#lookAtRss(), LOOK_AT_RSS_MS);
    this.#watch.unref();
    this.#send({ m: 'init', init: options.init });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Number of jobs in it. */
  get load(): number {
    return this.#runs.size;
  }

  /** Runs a job. Rejects with WorkerLost when the process dies under it. */
  async run(job: Job, signal: AbortSignal, context: RunContext): Promise<JobResult> {
    const n = ++this.#lastRun;
    const { attempt, part, progress } = context;
    const ended = new Promise<JobResult>((resolve, reject) => {
      this.#runs.set(n, { resolve, reject, progress: (fraction) => progress(fraction) });
    });
    if (!this.isAlive) this.#gone('before it got the job');
    const release = this.#guard(n, signal);
    try {
      this.#ready
        .then(() => this.#send({ m: 'run', n, job, attempt, ...(part === undefined ? {} : { part }) }))
        .catch(() => undefined);
      return await ended;
    } finally {
      release();
      this.jobsDone += 1;
      this.#runs.delete(n);
    }
  }

  /** From now on for big jobs: it takes what the others leave of the processor. */
  giveWay(): void {
    if (this.isForBig) return;
    this.isForBig = true;
    // At once for the threads that are yet to come, and again when all are there.
    if (this.pid !== undefined) lowerPriority(this.pid, NICENESS.big);
    this.#ready.then(() => this.pid !== undefined && lowerPriority(this.pid, NICENESS.big)).catch(() => undefined);
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Ends the process on account of one job, which gets this result. */
  #killFor(n: number, verdict: JobResult): void {
    const run = this.#runs.get(n);
    if (run !== undefined) run.verdict ??= verdict;
    this.kill();
  }

  /** Watches cancellation and time of a job; returns what ends the watch. */
  #guard(n: number, signal: AbortSignal): () => void {
    let grace: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      this.#send({ m: 'cancel', n });
      grace ??= setTimeout(() => this.#killFor(n, CANCELLED), CANCEL_GRACE_MS);
    };
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
    const deadline = setTimeout(() => this.#killFor(n, tooLong(this.#options.jobMs)), this.#options.jobMs);
    return () => {
      signal.removeEventListener('abort', cancel);
      clearTimeout(grace);
      clearTimeout(deadline);
    };
  }

  #gone(how: string): void {
    this.isAlive = false;
    clearInterval(this.#watch);
    // Among several jobs nobody knows whose memory it was: each is to be tried again by itself.
    const heap = this.#runs.size === 1 ? this.#heapVerdict() : undefined;
    for (const { verdict = heap, resolve, reject } of this.#runs.values()) {
      if (verdict === undefined) reject(new WorkerLost(`the job process ended: ${how}`));
      else resolve(verdict);
    }
  }

  /** Resident bytes of the process; 0 when that cannot be read. */
  async rssBytes(): Promise<number> {
    const text = await readFile(`/proc/${this.pid}/statm`, 'utf8').catch(() => '');
    return Number(text.split(' ')[1] ?? 0) * PAGE_BYTES;
  }

  /** Bytes that the process has read so far, from files and pipes; 0 when that cannot be read. */
  async readBytes(): Promise<number> {
    const text = await readFile(`/proc/${this.pid}/io`, 'utf8').catch(() => '');
    return Number(/^rchar: (\d+)/m.exec(text)?.[1] ?? 0);
  }

  async #lookAtRss(): Promise<void> {
    this.seenBytes = await this.rssBytes();
    if (this.seenBytes <= this.#options.rssMb * 1048576) return;
    const [only, ...others] = this.#runs.keys();
    if (only !== undefined && others.length === 0) this.#killFor(only, tooBig());
    else this.kill();
  }

  #heapVerdict(): JobResult | undefined {
    return /heap out of memory|invalid array length/i.test(this.#stderr) ? tooBig() : undefined;
  }

  #hear(message: unknown, isReady: () => void): void {
    const parsed = fromChildSchema.safeParse(message);
    if (!parsed.success) this.kill();
    else if (parsed.data.m === 'ready') isReady();
    else if (parsed.data.m === 'progress') this.#runs.get(parsed.data.n)?.progress(parsed.data.fraction);
    else this.#runs.get(parsed.data.n)?.resolve(parsed.data.result);
  }

  #send(message: ToChild): void {
    // A dead child is noticed by its exit; the failed write says nothing more.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }
}

function tooBig(): JobResult {
  return {
    ok: false,
    code: 'too_large',
    message: 'The request needs more memory than one job may use (workers.childRssMb); ask for fewer values.',
  };
}

function tooLong(ms: number): JobResult {
  return {
    ok: false,
    code: 'too_large',
    message: `The request took longer than ${Math.round(ms / 1000)} s (limits.jobSeconds); ask for fewer values.`,
  };
}
