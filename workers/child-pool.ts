/**
 * Job processes, kept warm and used again, replaced after `jobsPerChild` jobs or when one has grown. `run` gives a job a
 * process of its own, `runBeside` puts a small one into a process with others. Small and big jobs have their own
 * processes, because big ones give way (workers/niceness.ts).
 */
import { preferred, runOfJob } from './affinity.js';
import { type ChildOptions, JobProcess } from './child-process.js';
import { isSmall } from './priority.js';
import type { RunJob } from './run.js';

export interface PoolOptions extends ChildOptions {
  readonly jobsPerChild: number;
  /** processes started before the first job comes */
  readonly warm: number;
}

/** A process that has grown beyond this share of its limit is replaced before its next job. */
const GROWN = 0.5;
/** So many small jobs side by side wear a process as much as one job by itself. */
const SMALL_WEAR = 20;

export class ChildPool implements AsyncDisposable {
  readonly #options: PoolOptions;
  readonly #idle: JobProcess[] = [];
  /** with small jobs in them */
  readonly #shared = new Set<JobProcess>();
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
    const sizes = await Promise.all(
      [...this.#all].map(async (child) => {
        await this.#countRead(child);
        return child.rssBytes();
      }),
    );
    return { rssBytes: sizes.reduce((sum, bytes) => sum + bytes, 0), readBytes: this.#readBytes };
  }

  readonly run: RunJob = async (job, signal, context) => {
    const child = this.#take(!isSmall(job.cost), runOfJob(job));
    try {
      return await child.run(job, signal, context);
    } finally {
      await this.#giveBack(child, signal.aborted);
    }
  };

  /** Runs a small job in the process with the fewest of them; its death costs them all a start. */
  readonly runBeside: RunJob = async (job, signal, context) => {
    const child = this.#join(runOfJob(job));
    try {
      return await child.run(job, signal, context);
    } finally {
      // Several may have ended in the same turn of the loop: the first to come here was the last.
      if (child.load === 0 && this.#shared.has(child)) this.#leave(child, signal.aborted);
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const child of this.#all) child.kill();
    this.#all.clear();
    this.#shared.clear();
    this.#idle.length = 0;
  }

  #start(): JobProcess {
    const child = new JobProcess(this.#options);
    this.#all.add(child);
    return child;
  }

  /** The idle process of the same kind that the run of the data prefers, or a new one. */
  #take(isBig: boolean, run: string): JobProcess {
    this.#dropDead();
    const fitting = this.#idle.filter((one) => one.isForBig === isBig);
    const idle = preferred(run, fitting, ({ pid = 0 }) => pid);
    if (idle !== undefined) this.#idle.splice(this.#idle.indexOf(idle), 1);
    const child = idle ?? this.#start();
    if (isBig) child.giveWay();
    return child;
  }

  /** A process for one more small job, which shares it. */
  #join(run: string): JobProcess {
    this.#dropDead();
    const shared = [...this.#shared].filter((one) => !this.#isTired(one));
    const fitting = [...this.#idle.filter((one) => !one.isForBig), ...shared];
    const least = Math.min(...fitting.map(({ load }) => load));
    const even = fitting.filter(({ load }) => load === least);
    const room = least === 0 || this.#smallOnes() >= Math.max(1, this.#options.warm);
    const child = (room ? preferred(run, even, ({ pid = 0 }) => pid) : undefined) ?? this.#start();
    const at = this.#idle.indexOf(child);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#shared.add(child);
    return child;
  }

  /** The last small job of a process is done. What is decided here rests on the last look at it, so that nobody waits. */
  #leave(child: JobProcess, wasAborted: boolean): void {
    this.#shared.delete(child);
    this.#keepOrEnd(child, wasAborted || this.#isTired(child));
  }

  /** Whether small jobs have worn a process out, or made it grow: it gets no more of them. */
  #isTired(child: JobProcess): boolean {
    return child.jobsDone >= this.#options.jobsPerChild * SMALL_WEAR || this.#isGrown(child.seenBytes);
  }

  #isGrown(bytes: number): boolean {
    return bytes > this.#options.rssMb * 1048576 * GROWN;
  }

  #dropDead(): void {
    for (const child of [...this.#idle, ...this.#shared].filter((one) => !one.isAlive)) {
      this.#all.delete(child);
      this.#shared.delete(child);
      const at = this.#idle.indexOf(child);
      if (at >= 0) this.#idle.splice(at, 1);
    }
  }

  #idleOf(isBig: boolean): number {
    return this.#idle.filter((one) => one.isForBig === isBig).length;
  }

  #smallOnes(): number {
    return [...this.#all].filter((one) => !one.isForBig).length;
  }

  async #giveBack(child: JobProcess, wasAborted: boolean): Promise<void> {
    await this.#countRead(child);
    const isWorn = child.jobsDone >= this.#options.jobsPerChild || wasAborted;
    this.#keepOrEnd(child, isWorn || this.#isGrown(await child.rssBytes()));
  }

  async #countRead(child: JobProcess): Promise<void> {
    const read = await child.readBytes();
    const before = this.#read.get(child) ?? 0;
    this.#read.set(child, Math.max(read, before));
    this.#readBytes += Math.max(0, read - before);
  }

  #keepOrEnd(child: JobProcess, isDone: boolean): void {
    const isSpare = this.#idleOf(child.isForBig) < Math.max(2, this.#options.warm + 1);
    if (child.isAlive && isSpare && !isDone && !this.#isClosed) {
      this.#idle.push(child);
      return;
    }
    child.kill();
    this.#all.delete(child);
    if (!this.#isClosed && this.#smallOnes() < this.#options.warm) this.#idle.push(this.#start());
  }
}
