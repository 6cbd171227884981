/** `polyfst index`: brings the run indexes of the state directory up to date and says what is in them. */
import type { ObjectStore } from '../extraction/store.js';
import type { Config } from '../schemas/config.js';
import { jumpsOf, sidesOf } from './answer.js';
import { openData } from './compose.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { complain, EXIT, UsageError } from './output.js';
import { Progress } from './progress.js';

/** Refreshes a catalogue with a progress bar on a terminal. */
export async function refreshWithProgress(config: Config, opened?: ObjectStore) {
  let bar: Progress | undefined;
  const { store, catalogue } = await openData(
    config,
    ({ files, done }) => {
      bar ??= new Progress('indexing', files);
      bar.at(done, files);
    },
    opened,
  );
  const report = await catalogue.refresh();
  bar?.end();
  return { store, catalogue, report };
}

export async function index(flags: ServiceFlags & { json?: boolean }): Promise<number> {
  const { json, ...rest } = flags;
  const config = await loadConfig(rest);
  if (config.data.length === 0 && Object.keys(config.collections).length === 0) {
    throw new UsageError('index: no data; name a folder with --data DIR, or collections in --config FILE');
  }
  const { catalogue, report } = await refreshWithProgress(config);
  const jumps = jumpsOf(config);
  const sides = sidesOf(config);
  for (const { name } of catalogue.collections()) {
    await jumps.build(catalogue.cube(name));
    await sides.build(catalogue.cube(name));
  }
  for (const path of report.unfinished) complain(`${path}: not finished yet; it is indexed when it is whole`);
  if (json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stderr.write(`${report.records} records of ${report.files} files in ${report.runs} runs\n`);
  return EXIT.ok;
}
