/**
 * The spine: a request becomes bytes in three steps - plan, read, encode. Each is a generator, so nothing runs ahead of the
 * one who takes the bytes, and no answer exists as a whole.
 */

import type { CollectionHead, CoverageBlock } from '../formats/coverage-block.js';
import { type CollectionPiece, encodeCovjson } from '../formats/covjson.js';
import { floatText } from '../native/index.js';
import { FeatureError } from '../schemas/problem.js';
import type { FeatureRequest, OutputFormat } from '../schemas/vocabulary.js';
import { assemble } from './assemble.js';
import type { Datacube } from './datacube.js';
import { type PlanPart, partOfPlan } from './plan/parts.js';
import type { Plan } from './plan/types.js';
import { type PlanDeps, planRequest } from './plan.js';
import { type ReadDeps, readPlan } from './read.js';
import { tracedStream } from './trace.js';

/** Coverages to bytes in one format. */
export type CoverageEncoder = (
  head: CollectionHead,
  blocks: AsyncIterable<CoverageBlock>,
  signal?: AbortSignal,
) => AsyncIterable<Uint8Array>;

export interface ExtractDeps extends PlanDeps, ReadDeps {
  /** encoders of formats beyond CoverageJSON */
  readonly encoders?: Partial<Readonly<Record<OutputFormat, CoverageEncoder>>>;
}

function encoderOf(format: OutputFormat, deps: ExtractDeps): CoverageEncoder {
  if (isText(format)) return (head, blocks) => encodeText(format, head, blocks);
  const encoder = deps.encoders?.[format];
  if (encoder) return encoder;
  throw new FeatureError(
    'unsupported_format',
    `"format": ${format} is not offered for features, which have points and no grid; use netcdf or geotiff, or convert whole fields.`,
  );
}

type TextFormat = 'covjson' | 'covjson-ogc';
const isText = (format: OutputFormat): format is TextFormat => format === 'covjson' || format === 'covjson-ogc';

function encodeText(
  format: TextFormat,
  head: CollectionHead,
  blocks: AsyncIterable<CoverageBlock>,
  piece?: CollectionPiece,
): AsyncIterable<Uint8Array> {
  return encodeCovjson(format === 'covjson' ? 'ecmwf' : 'ogc', head, blocks, floatText, piece);
}

/** Whether answers in a format can be made in parts: their text is a list. */
export function canBeParted(format: OutputFormat): boolean {
  return isText(format);
}

/** Coverages of a plan, values read and converted. */
export function coveragesOf(plan: Plan, deps: ReadDeps, signal?: AbortSignal): AsyncGenerator<CoverageBlock> {
  const values = { 'polyfst.values': plan.cost.values };
  const slabs = tracedStream('polyfst.read', values, readPlan(plan, deps, signal));
  return tracedStream('polyfst.assemble', values, assemble(plan, slabs));
}

/** Bytes of a plan's answer. */
export function encodePlan(plan: Plan, deps: ExtractDeps, signal?: AbortSignal): AsyncIterable<Uint8Array> {
  return encoderOf(plan.request.format, deps)(plan.head, coveragesOf(plan, deps, signal), signal);
}

/** Bytes of a part of a plan's answer: those of all parts, one after another, are the answer. */
export function encodePart(
  plan: Plan,
  part: PlanPart,
  deps: ReadDeps,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { format } = plan.request;
  if (!isText(format)) throw new FeatureError('unsupported_format', `"format": ${format} is not made in parts.`);
  const piece = { isFirst: part.from === 0, isLast: part.to === plan.groups.length };
  return encodeText(format, plan.head, coveragesOf(partOfPlan(plan, part), deps, signal), piece);
}

/** Bytes of a request's answer. Throws FeatureError before the first byte for what planning refuses. */
export async function* extract(
  request: FeatureRequest,
  cube: Datacube,
  deps: ExtractDeps,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const plan = await planRequest(request, cube, deps);
  yield* encodePlan(plan, deps, signal);
}
