import { describe, expect, it } from 'vitest';
import { isChain, layers, levels } from './layers';

const things = (...keys: string[]) => keys.map((key) => ({ key }));
const tie = (from: string, to: string, kind = 'SUBORDINATE_TO') => ({ from, to, kind });

describe('levels', () => {
  it('have superiors above, units above whom they cover, places above what lies in them', () => {
    const links = [tie('B', 'A'), tie('C', 'B'), tie('C', 'org', 'COVERS'), tie('org', 'street', 'LOCATED_IN')];
    expect(Object.fromEntries(levels(things('C', 'org', 'A', 'B', 'street'), links))).toEqual({ A: 0, B: 1, C: 2, org: 3, street: 0 });
    const at = layers(things('C', 'org', 'A', 'B', 'street'), links);
    expect(at.get('A')?.y).toBeLessThan(at.get('B')?.y ?? 0);
    expect(at.get('C')?.y).toBeLessThan(at.get('org')?.y ?? 0);
  });
  it('end where there is a cycle, and know a chain', () => {
    const links = [tie('A', 'B'), tie('B', 'A'), tie('A', 'A')];
    expect(levels(things('A', 'B'), links).size).toBe(2);
    expect(isChain(links)).toBe(true);
    expect(isChain([...links, tie('A', 'x', 'COVERS')])).toBe(false);
    expect(isChain([])).toBe(false);
  });
  it('give each of many a place of its own, the same each time', () => {
    const many = things('S', ...Array.from({ length: 400 }, (_, k) => `O${k}`));
    const links = many.slice(1).map(({ key }) => tie(key, 'S', 'LOCATED_IN'));
    const at = layers(many, links);
    expect(new Set([...at.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(401);
    expect(layers(many, links)).toEqual(at);
    const xs = [...at.values()].map(({ x }) => x);
    expect(Math.max(...xs) - Math.min(...xs)).toBeLessThan(1_200);
  });
  it('do not cross the lines of a tree', () => {
    const at = layers(things('R', 'A', 'B', 'b', 'a'), [tie('A', 'R'), tie('B', 'R'), tie('a', 'A'), tie('b', 'B')]);
    const x = (key: string) => at.get(key)?.x ?? 0;
    expect(Math.sign(x('A') - x('B'))).toBe(Math.sign(x('a') - x('b')));
  });
});
