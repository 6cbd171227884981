/**
 * Preloaded into the service under test (`node --import`): measures how long its event loop stands still, and tells on
 * request over the channel to its parent. A gap counts with the processor time that was used in it, so that a busy machine
 * that gives the process no time is not taken for a blocked loop.
 */
const EVERY_MS = 10;

let worstMs = 0;
let worstWallMs = 0;
let last = performance.now();
let lastCpu = process.cpuUsage();

const timer = setInterval(() => {
  const now = performance.now();
  const used = process.cpuUsage(lastCpu);
  const gap = now - last - EVERY_MS;
  worstWallMs = Math.max(worstWallMs, gap);
  worstMs = Math.max(worstMs, Math.min(gap, (used.user + used.system) / 1000));
  last = now;
  lastCpu = process.cpuUsage();
}, EVERY_MS);
timer.unref();

export interface LoopReport {
  /** longest gap that was filled with work, ms */
  readonly blockedMs: number;
  /** longest gap by the clock, ms */
  readonly wallMs: number;
  readonly rssBytes: number;
}

process.on('message', (message) => {
  if (message !== 'loop') return;
  const report: LoopReport = { blockedMs: worstMs, wallMs: worstWallMs, rssBytes: process.memoryUsage.rss() };
  process.send?.(report);
  worstMs = 0;
  worstWallMs = 0;
});
// The channel must not keep the service alive.
process.channel?.unref();
