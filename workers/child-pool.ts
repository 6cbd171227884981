/**
 * Job processes, kept warm and used again: as many as jobs run at a time, replaced after `jobsPerChild` jobs or when
 * one has grown. Small and big jobs have their own, because big ones give way (workers/niceness.ts). Its `run` is what `JobQueue.process` takes.
 */
import type { Job, JobResult } from '../schemas/job.js';
import { preferred, runOfJob } from './affinity.js';
import { type ChildOptions, JobProcess } from './child-process.js';
import { isSmall } from './priority.js';
import type { RunContext } from './run.js';

export interface PoolOptions extends ChildOptions {
  readonly jobsPerChild: number;
  /** processes started before the first job comes */
  readonly warm: number;
}

/** A process that has grown beyond this share of its limit is replaced before its next job. */
const GROWN = 0.5;

export class ChildPool implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #idle: JobProcess[] = [];
  readonly #all = new Set<JobProcess>();
  /** bytes read by each process when it was last looked at */
  readonly #read = new WeakMap<JobProcess, number>();
  #readBytes = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    for (let n = 0; n < options.warm; n++) this.#idle.push(this.#start());
  }

  /** Process ids of the children that are alive. */
  get pids(): readonly number[] {
    return [...this.#all].flatMap((child) => child.pid ?? []);
  }

  /** Memory of the job processes now, and bytes that jobs have read so far. */
  async usage(): Promise<{ readonly rssBytes: number; readonly readBytes: number }> {
    const sizes = await Promise.all([...this.#all].map((child) => child.rssBytes()));
    return { rssBytes: sizes.reduce((sum, bytes) => sum + bytes, 0), readBytes: this.#readBytes };
  }

  readonly run = async (job: Job, signal: AbortSignal, context: RunContext): Promise<JobResult> => {
    const child = this.#take(!isSmall(job.cost), runOfJob(job));
    try {
      return await child.run(job, signal, context);
    } finally {
      await this.#giveBack(child, signal.aborted);
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const child of this.#all) child.kill();
    this.#all.clear();
    this.#idle.length = 0;
  }

  #start(): JobProcess {
    const child = new JobProcess(this.#options);
    this.#all.add(child);
    return child;
  }

  /** The idle process of the same kind that the run of the data prefers, or a new one. */
  #take(isBig: boolean, run: string): JobProcess {
    for (const child of this.#idle.filter((one) => !one.isAlive)) {
      this.#all.delete(child);
      this.#idle.splice(this.#idle.indexOf(child), 1);
    }
    const fitting = this.#idle.filter((one) => one.isForBig === isBig);
    const idle = preferred(run, fitting, ({ pid = 0 }) => pid);
    if (idle !== undefined) this.#idle.splice(this.#idle.indexOf(idle), 1);
    const child = idle ?? this.#start();
    if (isBig) child.giveWay();
    return child;
  }

  #idleOf(isBig: boolean): number {
    return this.#idle.filter((one) => one.isForBig === isBig).length;
  }

  #smallOnes(): number {
    return [...this.#all].filter((one) => !one.isForBig).length;
  }

  async #giveBack(child: JobProcess, wasAborted: boolean): Promise<void> {
    const read = await child.readBytes();
    this.#readBytes += Math.max(0, read - (this.#read.get(child) ?? 0));
    this.#read.set(child, read);
    const isWorn = child.jobsDone >= this.#options.jobsPerChild || wasAborted;
    const isGrown = (await child.rssBytes()) > this.#options.rssMb * 1048576 * GROWN;
    const isSpare = this.#idleOf(child.isForBig) < Math.max(2, this.#options.warm + 1);
    if (child.isAlive && isSpare && !isWorn && !isGrown && !this.#isClosed) {
      this.#idle.push(child);
      return;
    }
    child.kill();
    this.#all.delete(child);
    if (!this.#isClosed && this.#smallOnes() < this.#options.warm) this.#idle.push(this.#start());
  }
}
