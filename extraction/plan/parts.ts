/**
 * Big plans in parts: runs of whole groups, cut only where the date or the member changes, so that several workers can
 * read one request and its parts in order are the answer, byte for byte. Equal plans are cut in equal places.
 */
import { MOST_PARTS } from '../../schemas/job.js';
import type { Limits } from '../../schemas/limits.js';
import { areaKm2 } from './feature-area.js';
import { groupValues, type Plan, type PlannedGroup } from './types.js';

/** Groups [from, to) of a plan. */
export interface PlanPart {
  readonly from: number;
  readonly to: number;
}

const sizeOf = (group: PlannedGroup): number =>
  group.coverages.reduce(
    (sum, { ranges }) => sum + ranges.reduce((all, { fields }) => all + fields.length, 0),
    groupValues(group),
  );

function sameRun(one: PlannedGroup, other: PlannedGroup): boolean {
  const [a, b] = [one.coverages[0]?.metadata, other.coverages.at(-1)?.metadata];
  return a?.['Forecast date'] === b?.['Forecast date'] && a?.['number'] === b?.['number'];
}

/** Longest stretches of groups of one date and one member. */
function stretches(plan: Plan): PlanPart[] {
  const found: PlanPart[] = [];
  plan.groups.forEach((group, at) => {
    const last = found.at(-1);
    if (last !== undefined && sameRun(group, plan.groups[at - 1]!)) found[found.length - 1] = { ...last, to: at + 1 };
    else found.push({ from: at, to: at + 1 });
  });
  return found;
}

/** At most `most` parts of about equal size; one part where there is nothing to cut. */
export function partsOfPlan(plan: Plan, most: number): readonly PlanPart[] {
  const sizes = plan.groups.map(sizeOf);
  const valuesOf = ({ from, to }: PlanPart): number => sizes.slice(from, to).reduce((sum, size) => sum + size, 0);
  const whole = valuesOf({ from: 0, to: plan.groups.length });
  const parts: PlanPart[] = [];
  let done = 0;
  for (const stretch of stretches(plan)) {
    const last = parts.at(-1);
    // The next part begins once the ones before it have had their share.
    if (last === undefined || done >= (whole * parts.length) / most) parts.push(stretch);
    else parts[parts.length - 1] = { from: last.from, to: stretch.to };
    done += valuesOf(stretch);
  }
  return parts;
}

/** How many parts the limits want; 1 for one that they let pass. Parts by values hold half of what would be split again. */
function wantedParts(plan: Plan, limits: Pick<Limits, 'splitValues' | 'areaKm2'>): number {
  const { values, fields } = plan.cost;
  const byValues = limits.splitValues > 0 && values > limits.splitValues ? (2 * values) / limits.splitValues : 1;
  const byArea = limits.areaKm2 > 0 ? (areaKm2(plan.request.feature) * fields) / limits.areaKm2 : 1;
  return Math.min(MOST_PARTS, Math.ceil(Math.max(byValues, byArea)));
}

/** Number of parts that a plan is worked on in; undefined for one that stays whole. */
export function partCount(plan: Plan, limits: Pick<Limits, 'splitValues' | 'areaKm2'>): number | undefined {
  // Cutting into as many parts as came of the cut must give them again.
  for (let count = wantedParts(plan, limits); count > 1; ) {
    const { length } = partsOfPlan(plan, count);
    if (length === count) return count;
    count = length;
  }
  return undefined;
}

/** The plan of one part; what the parts have in common - head, notes, cost - stays that of the whole. */
export function partOfPlan(plan: Plan, { from, to }: PlanPart): Plan {
  return { ...plan, groups: plan.groups.slice(from, to) };
}
