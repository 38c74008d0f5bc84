import { describe, expect, it } from 'vitest';
import { asked, blank, compared, complete, condition, conditions, draftOf, lacking, read, step, steps, surveyed, written, type Draft } from './draft';
import { askedKinds, properties, ways } from './vocabulary';

const one: Draft = {
  ...blank(),
  where: [
    { property: 'covered', is: '=', value: false },
    { property: 'formal_members', is: 'between', value: [3, 50] },
  ],
  related: [{ ...step({ relation: 'COVERS', direction: 'in', kind: 'unit' }), least: 0, where: [{ property: 'live', is: '=', value: true }] }],
  in: '420106007',
  order: { by: 'staff', descending: true },
  show: ['status'],
};

describe('a question while it is built', () => {
  it('is the same after a reload', () => {
    expect(read(written(one))).toEqual(one);
    expect(read(written(blank('unit')))).toEqual(blank('unit'));
  });
  it('is asked without what is not complete yet', () => {
    const open: Draft = { ...one, where: [...one.where, { property: 'name', is: 'contains' }, { property: 'staff', is: '>=' }] };
    expect(lacking(open)).toBe(2);
    expect(asked(open)).toEqual(asked(one));
    expect(asked(one)['related']).toEqual([
      { relation: 'COVERS', direction: 'in', kind: 'unit', where: [{ property: 'live', is: '=', value: true }], related: [], none: true },
    ]);
  });
  it('says where it names what the survey alone tells', () => {
    const action = { property: 'action', is: '=', value: 'joint' } as const;
    expect(surveyed(one)).toBe(false);
    const named: Partial<Draft>[] = [
      { show: ['action'] },
      { where: [action] },
      { order: { by: 'excluded', descending: false } },
      { kind: 'building', related: [{ ...step({ relation: 'LOCATED_IN', direction: 'in', kind: 'organization' }), where: [action] }] },
    ];
    for (const some of named) expect(surveyed({ ...blank(), ...some })).toBe(true);
  });
  it('takes from an address what there is and nothing else', () => {
    for (const text of ['', '{', '[]', '1', 'null', '{"kind":"member"}', '{"kind":{}}']) expect(read(text)).toBeNull();
    const strange = {
      kind: 'unit',
      where: [1, { property: 'constructor', is: '=' }, { property: 'name', is: 'like', value: 1 }, { property: 'name', is: '=', value: { a: 1 } }],
      related: [{ relation: 'BELONGS_TO', kind: 'member' }, { relation: 'COVERS', kind: 'organization', at_least: 1e9 }],
      in: 7,
      show: ['key', 'nothing', 'type'],
      order: { by: 'superior' },
    };
    const found = draftOf(strange);
    expect(found?.where).toEqual([{ property: 'name', is: '=' }]);
    expect(found?.related.map((s) => [s.relation, s.least])).toEqual([['COVERS', 1000]]);
    expect(found?.show).toEqual(['type']);
    expect(found?.order).toBeUndefined();
    expect(found?.in).toBeUndefined();
  });
  it('has no more steps than there may be', () => {
    let part: Record<string, unknown> = { relation: 'SUBORDINATE_TO', kind: 'unit' };
    for (let n = 0; n < 9; n++) part = { relation: 'SUBORDINATE_TO', kind: 'unit', related: [part] };
    const found = draftOf({ kind: 'unit', related: [part] });
    expect(found && steps(found)).toBe(4);
    expect(found && conditions(found)).toBe(0);
  });
  it('keeps a value from one comparison to the next where it can', () => {
    const three = { property: 'staff', is: '>=', value: 3 } as const;
    expect(compared(three, 'between').value).toEqual([3, null]);
    expect(compared(compared(three, 'between'), '<=').value).toBe(3);
    expect(compared(three, 'in').value).toEqual([3]);
    expect(compared(three, 'known').value).toBeUndefined();
  });
  it('begins conditions on anything with an operator that there is', () => {
    for (const kind of askedKinds) {
      expect(ways(kind).length + properties(kind).length).toBeGreaterThan(0);
      for (const { name, operators } of properties(kind)) {
        const made = condition(kind, name);
        expect(operators).toContain(made.is);
        expect(complete(kind, { ...made, is: operators[0] ?? '=' })).toBe(made.value === true);
      }
    }
  });
});
