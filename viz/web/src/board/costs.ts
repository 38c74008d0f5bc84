/** What a draft costs beside the plan that it was changed from: of the groups that changed, as the service weighs them. */
import type { Tried, Weighed } from './Apart';
import { ALONE, type Group, type PlanEntry } from './draft';

/** What a changed group comes to. */
export interface Verdict {
  faults: Weighed['faults'];
  cost: number | null;
}

export interface Prices {
  /** The plan's groups by key. */
  of: Record<string, number>;
  /** Who was on its own in the plan, and what each of these costs. */
  alone: ReadonlySet<string>;
  each: number;
}

export function prices(entry: PlanEntry, each: unknown): Prices {
  const of: Record<string, number> = {};
  for (const { id, cost } of entry.joint) of[id] = cost;
  for (const { unit, cost } of entry.attached) of[`unit:${unit}`] = (of[`unit:${unit}`] ?? 0) + cost;
  const one = typeof each === 'number' ? each : 10;
  of[ALONE] = entry.uncovered.length * one;
  return { of, alone: new Set(entry.uncovered.map(({ organization }) => organization)), each: one };
}

/** What is asked of a changed group: a joint unit whole, attachments one by one, and of those on their own who came anew. */
export function tries(group: Group, { alone }: Prices): Tried[] {
  if (group.unit !== null) return group.organizations.map((code) => ({ organizations: [code], unit: group.unit }));
  if (group.key !== ALONE) return group.organizations.length ? [{ organizations: group.organizations }] : [];
  return group.organizations.filter((code) => !alone.has(code)).map((code) => ({ organizations: [code] }));
}

/** The cost of the changed groups before and now; null while one breaks a rule, or is not weighed yet. */
export function sums(changed: readonly Group[], verdicts: Readonly<Record<string, Verdict>>, known: Prices): { now: number | null; then: number } {
  let now: number | null = 0;
  let then = 0;
  for (const group of changed) {
    then += known.of[group.key] ?? 0;
    const stayed = group.key === ALONE ? group.organizations.filter((code) => known.alone.has(code)).length * known.each : 0;
    const asked = tries(group, known).length > 0;
    const cost = asked ? (verdicts[group.key]?.cost ?? null) : 0;
    now = now === null || cost === null ? null : now + cost + stayed;
  }
  return { now, then };
}
