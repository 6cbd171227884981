/**
 * Program: `npm run test:load -- [--only cached,refusals,flood,recovery,soak,idle] [--soak SECONDS] [--seconds N]`. Loads the
 * service as it is installed, generator on the same machine; prints a line a step with its figures beside their bars.
 */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { makeDemo } from './served.js';
import { soak } from './soak.js';
import { cached, flood, idle, recovery, refusals } from './steps.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'idle,cached,refusals,flood,recovery,soak' },
    soak: { type: 'string', default: '45' },
    seconds: { type: 'string', default: '6' },
  },
});

export interface StepResult {
  readonly figures: Readonly<Record<string, unknown>>;
  /** figures that miss their bars, in words */
  readonly missed: readonly string[];
}

const ground = await makeDemo();
const steps: readonly (readonly [string, () => Promise<StepResult>])[] = [
  ['idle', () => idle(ground)],
  ['cached', () => cached(ground, Number(values.seconds))],
  ['refusals', () => refusals(ground, Number(values.seconds))],
  ['flood', () => flood(ground)],
  ['recovery', () => recovery(ground)],
  ['soak', () => soak(ground, Number(values.soak))],
];
const wanted = new Set(values.only.split(','));
try {
  for (const [step, run] of steps) {
    if (!wanted.has(step)) continue;
    const begun = performance.now();
    const { figures, missed } = await run();
    const seconds = Math.round((performance.now() - begun) / 100) / 10;
    for (const one of missed) process.stderr.write(`${step}: ${one}\n`);
    process.stdout.write(`${JSON.stringify({ step, ...figures, missed: missed.length, seconds })}\n`);
    if (missed.length > 0) process.exitCode = 1;
  }
} finally {
  await rm(ground.folder, { recursive: true, force: true });
}
