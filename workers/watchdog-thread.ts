/** The thread behind workers/watchdog.ts. */
import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import type { Watch } from './watchdog.js';

const PARENT_EVERY_MS = 250;
const STDERR = 2;

const watch = workerData as Watch;
if (watch.kind === 'parent') watchParent(watch.pid);
else watchBeats(new Int32Array(watch.beats), watch.limitMs);

function watchParent(pid: number): void {
  setInterval(() => {
    if (process.ppid !== pid) process.kill(process.pid, 'SIGKILL');
  }, PARENT_EVERY_MS);
}

function watchBeats(beats: Int32Array, limitMs: number): void {
  let seen = -1;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const beat = Atomics.load(beats, 0);
    // A gap in this thread's own time means that the whole process was stopped (SIGSTOP, sleep), not the loop alone.
    if (beat !== seen || now - last > limitMs * 2) {
      seen = beat;
      last = now;
    } else if (now - last > limitMs) {
      writeSync(STDERR, `{"level":60,"msg":"event loop stood still for ${limitMs} ms; ending the process"}\n`);
      process.kill(process.pid, 'SIGKILL');
    }
  }, limitMs / 10);
}
