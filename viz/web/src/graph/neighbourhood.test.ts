import { describe, expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { close, drawn, fewer, FIRST, more, MOST, open, shownOf, STEP } from './neighbourhood';
import { positions } from './positions';

/** A street with so many organizations in it, and one unit that covers the first. */
function street(n: number): Schemas['Connected'] {
  const organizations = Array.from({ length: n }, (_, k) => ({ id: `O${k}`, name: `甲${k}`, kind: 'organization', type: null }));
  return {
    id: 'S',
    kind: 'division',
    as_of: '2016-08-26',
    hops: 1,
    nodes: [{ id: 'S', name: '一街道', kind: 'division', type: null }, { id: 'U', name: '支部', kind: 'unit', type: '党支部' }, ...organizations],
    edges: [
      ...organizations.map(({ id }) => ({ from: id, from_kind: 'organization', to: 'S', to_kind: 'division', kind: 'LOCATED_IN', via: 'street' })),
      { from: 'U', from_kind: 'unit', to: 'S', to_kind: 'division', kind: 'LOCATED_IN', via: null },
      { from: 'U', from_kind: 'unit', to: 'O0', to_kind: 'organization', kind: 'COVERS', via: null },
    ],
  };
}
const around = (id: string, ...others: string[]): Schemas['Connected'] => ({
  id,
  kind: 'organization',
  as_of: '2016-08-26',
  hops: 1,
  nodes: [id, ...others].map((one) => ({ id: one, name: one, kind: 'organization', type: null })),
  edges: others.map((other) => ({ from: id, from_kind: 'organization', to: other, to_kind: 'organization', kind: 'LED_BY', via: null })),
});
const group = 'LOCATED_IN/in/organization';

describe('what is drawn around an entity', () => {
  it('begins with a few of each group and tells how many there are', () => {
    const now = open(null, street(50_000));
    expect(drawn(now).things).toHaveLength(1 + FIRST + 1);
    const found = now.groups.get('division:S')?.find(({ key }) => key === group);
    expect(found?.members).toHaveLength(50_000);
    expect(found && shownOf(now, found)).toBe(FIRST);
  });
  it('tells the service\'s count where it knows only the first', () => {
    const answer = { ...street(20), groups: [{ kind: 'LOCATED_IN', direction: 'in', other: 'organization', count: 100_000 }] };
    const now = open(null, answer);
    expect(now.groups.get('division:S')?.find(({ key }) => key === group)).toMatchObject({ total: 100_000 });
    expect(now.groups.get('division:S')?.find(({ kind }) => kind === 'unit')).toMatchObject({ total: 1 });
  });
  it('never shows more than the page holds, however often more are asked for', () => {
    let now = open(null, street(50_000));
    for (let k = 0; k < 40; k += 1) now = more(now, 'division:S', group);
    expect(drawn(now).things).toHaveLength(MOST);
    expect(drawn(open(now, around('O1', 'X1', 'X2'))).things).toHaveLength(MOST);
  });
  it('adds what is asked for, and takes away what nothing else holds', () => {
    const begun = open(null, street(100));
    const added = more(begun, 'division:S', group);
    expect(drawn(added).things).toHaveLength(drawn(begun).things.length + STEP);
    const opened = open(added, around('O1', 'X1', 'X2'));
    expect(drawn(opened).things).toHaveLength(drawn(added).things.length + 2);
    expect(drawn(close(opened, 'organization:O1')).things).toHaveLength(drawn(added).things.length);
    const hidden = fewer(opened, 'division:S', group);
    expect(drawn(hidden).things.map(({ id }) => id).sort()).toEqual(['O1', 'S', 'U', 'X1', 'X2']);
    expect(close(opened, 'division:S')).toBe(opened);
  });
  it('draws only links whose ends are both drawn', () => {
    const now = fewer(open(null, street(3)), 'division:S', group);
    expect(drawn(now).links.map(({ kind }) => kind)).toEqual(['LOCATED_IN']);
  });
  it('shows what no row defines as that', () => {
    const answer = around('O1', 'GONE');
    answer.nodes[1] = { id: 'GONE', name: 'GONE', kind: 'missing', type: null };
    expect(drawn(open(null, answer)).things.map(({ kind }) => kind)).toEqual(['organization', 'missing']);
  });
  it('has positions that are the same for the same input, and none that is no number', () => {
    const { things, links } = drawn(open(null, street(200)));
    const once = positions('division:S', things, links);
    expect(positions('division:S', things, links)).toEqual(once);
    expect(new Set([...once.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(things.length);
    for (const { x, y } of once.values()) expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
  });
});
