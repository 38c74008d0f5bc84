import { describe, expect, it } from 'vitest';
import { prices, sums, tries } from './costs';
import { ALONE, groupsOf, moved, type Action, type PlanEntry } from './draft';

const words = { zh: '', en: '' };
const entry: PlanEntry = {
  id: 'street:1', name: '', status: 'optimal', objective: 13, gap: 0,
  joint: [{ id: 'NEW-1', organizations: ['A', 'B', 'C'], method: '', form: '', anchor: null, formal_members: 3, fragile: false, cost: 2, why: words }],
  attached: [{ organization: 'F', unit: 'U1', cost: 1, why: words, form: '' }],
  uncovered: [{ organization: 'G', reason: words, fallback: words }],
  separate: [], work_coverage: [],
};
const known = prices(entry, 10);
const changed = (actions: Action[]) => moved(groupsOf(entry), actions).filter((group) => group.changed);

describe('the cost of a draft', () => {
  it('is that of the groups that changed, before and now', () => {
    const some = changed([{ do: 'move', who: ['G'], to: 'NEW-1' }]);
    expect(some.flatMap((group) => tries(group, known))).toEqual([{ organizations: ['A', 'B', 'C', 'G'] }]);
    expect(sums(some, { 'NEW-1': { faults: [], cost: 3 } }, known)).toEqual({ now: 3, then: 12 });
  });
  it('counts whom it leaves on their own', () => {
    const some = changed([{ do: 'move', who: ['F'], to: ALONE }]);
    expect(some.flatMap((group) => tries(group, known))).toEqual([{ organizations: ['F'] }]);
    expect(sums(some, { [ALONE]: { faults: [], cost: 10 } }, known)).toEqual({ now: 20, then: 11 });
  });
  it('has none while a rule is broken or the service has not answered', () => {
    const some = changed([{ do: 'move', who: ['A'], to: 'unit:U1' }]);
    expect(sums(some, {}, known).now).toBeNull();
    expect(sums(some, { 'NEW-1': { faults: [], cost: null }, 'unit:U1': { faults: [], cost: 2 } }, known)).toEqual({ now: null, then: 3 });
    expect(sums([], {}, known)).toEqual({ now: 0, then: 0 });
  });
});
