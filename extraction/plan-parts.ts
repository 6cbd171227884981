/**
 * Big plans in parts: runs of whole groups, cut only where the date or the member changes, so that several workers can
 * read one request and its parts in order are the answer, byte for byte. Equal plans are cut in equal places.
 */
import { groupValues, type Plan, type PlannedGroup } from './plan-types.js';

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

/** The plan of one part; what the parts have in common - head, notes, cost - stays that of the whole. */
export function partOfPlan(plan: Plan, { from, to }: PlanPart): Plan {
  return { ...plan, groups: plan.groups.slice(from, to) };
}
