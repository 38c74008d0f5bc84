import { describe, expect, it } from 'vitest';
import { ALONE, decided, groupsOf, moved, read, written, type Action, type PlanEntry } from './draft';

const words = { zh: '', en: '' };
const joint = (id: string, ...organizations: string[]) => ({
  id, organizations, method: 'area', form: '', anchor: null, formal_members: 3, fragile: true, cost: 1, why: words,
});
const entry: PlanEntry = {
  id: 'street:1', name: '一街道', status: 'optimal', objective: 1, gap: 0,
  joint: [joint('NEW-1', 'A', 'B', 'C'), joint('NEW-2', 'D', 'E')],
  attached: [{ organization: 'F', unit: 'U1', cost: 1, why: words, form: '' }],
  uncovered: [{ organization: 'G', reason: words, fallback: words }],
  separate: [], work_coverage: [],
};
const none = { pin: [], forbid: [], accept: [] };
const at = (actions: Action[]) => Object.fromEntries(moved(groupsOf(entry), actions).map((g) => [g.key, g.organizations.join('')]));

describe('a draft', () => {
  it('begins as the plan has it', () => {
    expect(at([])).toEqual({ 'NEW-1': 'ABC', 'NEW-2': 'DE', 'unit:U1': 'F', [ALONE]: 'G' });
  });
  it('moves whom it has, and loses and doubles nobody', () => {
    const actions: Action[] = [
      { do: 'move', who: ['A'], to: 'NEW-2' }, { do: 'move', who: ['G', 'B'], to: 'new' },
      { do: 'move', who: ['X'], to: 'NEW-1' }, { do: 'move', who: ['C'], to: 'NEW-9' }, { do: 'move', who: ['C'], to: 'unit:U1' },
    ];
    const found = moved(groupsOf(entry), actions);
    expect(at(actions)).toMatchObject({ 'NEW-2': 'DEA', 'new:G': 'GB', 'unit:U1': 'FC' });
    expect(found.flatMap((g) => g.organizations).sort()).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G']);
    expect(found.find((g) => g.key === 'NEW-2')?.changed).toBe(true);
  });
  it('keep a new group together when an earlier step is taken back', () => {
    const steps: Action[] = [{ do: 'move', who: ['A'], to: 'NEW-2' }, { do: 'move', who: ['G'], to: 'new' }, { do: 'move', who: ['B'], to: 'new:G' }];
    expect(at(steps)).toMatchObject({ 'new:G': 'GB' });
    expect(at(steps.slice(1))).toMatchObject({ 'new:G': 'GB' });
    expect(at(steps.filter((_, k) => k !== 1))).toMatchObject({ 'new:G': 'B' });
  });
  it('takes a move back with its step', () => {
    const there: Action = { do: 'move', who: ['A'], to: 'NEW-2' };
    expect(at([there, { do: 'move', who: ['A'], to: 'NEW-1' }])['NEW-1']?.split('').sort().join('')).toBe('ABC');
    expect(at([there].slice(0, 0))).toEqual(at([]));
  });
  it('binds the next plan by what was moved', () => {
    expect(decided(none, entry, [{ do: 'move', who: ['A'], to: 'NEW-2' }])).toEqual({ pin: [['A', 'D', 'E']], forbid: [], accept: [] });
    expect(decided(none, entry, [{ do: 'move', who: ['A'], to: 'unit:U1' }]).pin).toEqual([['A', 'U1']]);
    expect(decided(none, entry, [{ do: 'move', who: ['A'], to: ALONE }]).forbid).toEqual([['A', 'B'], ['A', 'C']]);
    expect(decided(none, entry, [{ do: 'move', who: ['F'], to: ALONE }]).forbid).toEqual([['F', 'U1']]);
  });
  it('keeps decisions once, and drops those that are taken back', () => {
    const former = { ...none, pin: [['A', 'B']] };
    expect(decided(former, entry, [{ do: 'pin', set: ['B', 'A'] }]).pin).toEqual([['A', 'B']]);
    expect(decided(former, entry, [{ do: 'drop', word: 'pin', set: ['B', 'A'] }]).pin).toEqual([]);
    expect(decided(former, null, [{ do: 'accept', set: ['D', 'E'] }])).toEqual({ ...former, accept: [['D', 'E']] });
  });
  it('is read from an address as it was written, and never from nonsense', () => {
    const actions: Action[] = [{ do: 'move', who: ['A'], to: 'new' }, { do: 'forbid', set: ['A', 'B'] }, { do: 'drop', word: 'pin', set: ['C'] }];
    expect(read(written(actions))).toEqual(actions);
    for (const text of [undefined, '', '{', '1', '[1,null,{"do":"move"},{"do":"x","set":["A"]},{"do":"pin","set":[1]}]']) expect(read(text)).toEqual([]);
  });
});
