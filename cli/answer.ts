/** From a request body to its plan and its bytes: the one way that `query`, the service and its job processes take. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { PricedRequest, RequestPlanner } from '../api/context.js';
import { Budget } from '../extraction/budget.js';
import { JumpIndexes } from '../extraction/catalogue/jump-index.js';
import type { Catalogue } from '../extraction/catalogue.js';
import { ENCODERS } from '../extraction/encoders.js';
import { canBeParted, type ExtractDeps, encodePart, encodePlan } from '../extraction/extract.js';
import { defaultMemory } from '../extraction/fst/memory.js';
import { partCount, partsOfPlan } from '../extraction/plan/parts.js';
import type { Plan } from '../extraction/plan/types.js';
import { planRequest } from '../extraction/plan.js';
import { RegionFinder } from '../extraction/region/region.js';
import { SideFiles } from '../extraction/side/files.js';
import { underTrace } from '../extraction/trace.js';
import type { Config } from '../schemas/config.js';
import type { ExtractJob } from '../schemas/job.js';
import { parseFeatureRequest } from '../schemas/request.js';
import { requestToJson } from '../schemas/request-print.js';
import type { AnswerRequest } from '../workers/extract-job.js';
import { clockOf } from './load-config.js';
import { resultType } from './result-type.js';

const JUST_MS = 1000;

/** Bytes of values that this process may hold: what the configuration says, or half of what the machine allows. */
export const memoryBudget = (config: Config): number => config.memory.maxBytes ?? defaultMemory();

/** Jump indexes beside the run indexes. */
export const jumpsOf = (config: Config): JumpIndexes => new JumpIndexes(join(resolve(config.state), 'jump'));

/** Side-files beside them. */
export const sidesOf = (config: Config): SideFiles => {
  const state = resolve(config.state);
  return new SideFiles(join(state, 'side'), config.files.sideBytes, join(state, 'jump'));
};

export function extractDeps(config: Config): ExtractDeps & { readonly jumps: JumpIndexes; readonly sides: SideFiles } {
  return {
    limits: config.limits,
    regions: new RegionFinder(),
    memory: new Budget(memoryBudget(config)),
    cores: availableParallelism(),
    encoders: ENCODERS,
    jumps: jumpsOf(config),
    sides: sidesOf(config),
  };
}

/** Plans a body against a collection as it is now. */
export async function planBody(
  body: unknown,
  collection: string,
  catalogue: Catalogue,
  config: Config,
  deps: ExtractDeps,
): Promise<Plan> {
  const cube = catalogue.cube(collection);
  const request = parseFeatureRequest(body, {
    now: new Date(clockOf(config)()),
    limits: config.limits,
    selfIntersection: cube.collection.selfIntersection,
  });
  return planRequest(request, cube, deps);
}

/** Validation and pricing for the HTTP surfaces. */
export function requestPlanner(catalogue: Catalogue, config: Config, deps: ExtractDeps): RequestPlanner {
  return {
    collections: () => catalogue.collections().map(({ name, roles }) => ({ name, roles })),
    version: (name) => catalogue.collections().find((one) => one.name === name) && catalogue.cube(name).version,
    async price(collection, body): Promise<PricedRequest> {
      const plan = await planBody(body, collection, catalogue, config, deps);
      const parts = canBeParted(plan.request.format) ? partCount(plan, config.limits) : undefined;
      return {
        ...(parts === undefined ? {} : { parts }),
        request: requestToJson(plan.request),
        summary: plan.cost,
        cost: plan.cost.values,
        indexVersion: plan.cube.version,
      };
    },
  };
}

/** A job that was priced a moment ago on the very index that this process has needs no look at what is published. */
function isJustPriced({ acceptedAt, collection, indexVersion }: ExtractJob, catalogue: Catalogue): boolean {
  const age = Date.now() - acceptedAt;
  if (indexVersion === undefined || age < 0 || age > JUST_MS) return false;
  return (
    catalogue.collections().some(({ name }) => name === collection) &&
    catalogue.cube(collection).version === indexVersion
  );
}

/** Answers extract jobs in a job process: the index is looked at again, since it may have moved since the job was accepted. */
export function requestAnswerer(catalogue: Catalogue, config: Config, deps: ExtractDeps): AnswerRequest {
  return (job, signal, { part }) =>
    underTrace(job.trace, async () => {
      if (!isJustPriced(job, catalogue)) await catalogue.sync(signal);
      const plan = await planBody(job.request, job.collection, catalogue, config, deps);
      const rest = { ...resultType(plan.request.format), notes: plan.notes, version: plan.cube.version };
      if (part === undefined) return { chunks: encodePlan(plan, deps, signal), ...rest };
      const parts = partsOfPlan(plan, job.parts ?? 1);
      if (parts.length !== job.parts) return undefined;
      return { chunks: encodePart(plan, parts[part]!, deps, signal), ...rest };
    });
}
