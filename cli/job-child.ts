/** Entry of a job process: opens the index that its parent published and answers jobs with it. */

import { parseConfig } from '../schemas/config.js';
import { FeatureError } from '../schemas/problem.js';
import { serveChild } from '../workers/child.js';
import { extractHandler } from '../workers/extract-job.js';
import { runJob } from '../workers/run-job.js';
import { extractDeps, requestAnswerer } from './answer.js';
import { openData } from './compose.js';

serveChild(async (init) => {
  const config = parseConfig(init as object);
  const { store, catalogue } = await openData(config);
  const answer = requestAnswerer(catalogue, config, extractDeps(config));
  const refuse = async (job: { kind: string }): Promise<never> => {
    throw new FeatureError(
      'unsupported_feature',
      `jobs of kind "${job.kind}" are not run here; send a feature request.`,
    );
  };
  const handlers = {
    extract: extractHandler({ store, answer, maxBytes: config.limits.resultBytes }),
    convert: refuse,
    index: refuse,
  };
  const onFault = (job: { id: string }, error: unknown): void => {
    process.stderr.write(`job ${job.id}: ${error instanceof Error ? error.stack : String(error)}\n`);
  };
  return (job, signal, context) => runJob(job, { handlers, onFault }, signal, context);
});
