/**
 * Two guards in threads of their own, so that they work while the main thread does not: a job process that ends with its
 * parent, and a service that ends itself when its event loop stands still (a full disk can freeze the embedded queue).
 */
import { Worker } from 'node:worker_threads';

/** What the thread watches; see watchdog-thread.ts. */
export type Watch =
  | { readonly kind: 'parent'; readonly pid: number }
  | { readonly kind: 'loop'; readonly beats: SharedArrayBuffer; readonly limitMs: number };

const BEAT_MS = 1000;

/** Ends this process when its parent is gone, however stuck it is then. */
export function dieWithParent(): void {
  startThread({ kind: 'parent', pid: process.ppid });
}

/** Ends this process with SIGKILL when its event loop has not turned for `limitMs`. Stop by calling the result. */
export function watchLoop(limitMs = 15_000): () => void {
  const beats = new SharedArrayBuffer(4);
  const counter = new Int32Array(beats);
  const timer = setInterval(() => Atomics.add(counter, 0, 1), BEAT_MS);
  timer.unref();
  const thread = startThread({ kind: 'loop', beats, limitMs });
  return () => {
    clearInterval(timer);
    void thread.terminate();
  };
}

function startThread(watch: Watch): Worker {
  const thread = new Worker(new URL('./watchdog-thread.js', import.meta.url), {
    workerData: watch,
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
  });
  thread.unref();
  return thread;
}
