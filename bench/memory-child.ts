/** One workload in a process of its own: prints bytes resident when idle, the peak while it is answered, and the largest batch. */
import { readFileSync, writeFileSync } from 'node:fs';
import { planBody } from '../cli/answer.js';
import { encodePlan } from '../extraction/extract.js';
import { readsOf } from '../extraction/read/batches.js';
import { openProduct } from './product.js';

const [folder, place, body] = process.argv.slice(2) as [string, string, string];

const KIB = 1024;

/** A line of the process's own state, bytes. */
function stateOf(name: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return KIB * Number(found?.[1] ?? Number.NaN);
}

const product = await openProduct(folder, place);
await product.deps.jumps.build(product.cube);
globalThis.gc?.();
await new Promise((done) => setTimeout(done, 200));
const idle = stateOf('VmRSS');
writeFileSync('/proc/self/clear_refs', '5');
const plan = await planBody(JSON.parse(body), 'default', product.catalogue, product.config, product.deps);
let [bytes, largest] = [0, 0];
for (const read of readsOf(plan, product.deps)) {
  const values = read.starts === undefined ? read.slots.length * read.points.length : read.points.length;
  largest = Math.max(largest, 4 * values);
}
for await (const chunk of encodePlan(plan, product.deps)) bytes += chunk.length;
process.stdout.write(`${JSON.stringify({ idle, peak: stateOf('VmHWM'), largest, bytes, values: plan.cost.values })}\n`);
