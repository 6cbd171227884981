/**
 * The inside of a job process: takes jobs from its parent, runs them side by side as they come (the parent decides how
 * many), and never outlives the parent. The module that calls `serveChild` says what a job runs on (cli/job-child.ts).
 */
import type { Job, JobResult } from '../schemas/job.js';
import { type FromChild, toChildSchema } from './child-messages.js';
import { lowerPriority, NICENESS } from './niceness.js';
import type { RunContext } from './run.js';
import { dieWithParent } from './watchdog.js';

export type RunInChild = (job: Job, signal: AbortSignal, context: RunContext) => Promise<JobResult>;

/** Serves the parent until it goes away. `make` turns what the parent sent first into the function that runs jobs. */
export function serveChild(make: (init: unknown) => Promise<RunInChild>): void {
  dieWithParent();
  // Jobs leave the processor to the service that answers clients, where both want it.
  lowerPriority(process.pid, NICENESS.small);
  // Ctrl-C goes to the whole process group; only the parent decides when a job ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('disconnect', () => process.exit(0));
  let run: RunInChild | undefined;
  const running = new Map<number, AbortController>();
  process.on('message', async (raw) => {
    const message = toChildSchema.parse(raw);
    if (message.m === 'init') {
      run = await make(message.init);
      send({ m: 'ready' });
    } else if (message.m === 'cancel') {
      running.get(message.n)?.abort(new DOMException('The request was revoked.', 'AbortError'));
    } else {
      const { n, attempt, part } = message;
      const controller = new AbortController();
      running.set(n, controller);
      const progress = (fraction: number): void => send({ m: 'progress', n, fraction });
      const context = { attempt, progress, ...(part === undefined ? {} : { part }) };
      const result = await run!(message.job, controller.signal, context);
      running.delete(n);
      send({ m: 'result', n, result });
    }
  });
}

function send(message: FromChild): void {
  if (process.connected) process.send?.(message);
}
