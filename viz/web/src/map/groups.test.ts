import { describe, expect, it } from 'vitest';
import { outlines } from './groups';
import { lookOf, PATTERNS, tinted } from './looks';

const at = (group: string | null, x: number, y: number) => ({ mark: { group, tint: group === null ? null : 3 }, x, y });

describe('outlines of groups', () => {
  it('are around those of which several are drawn, and of nothing else', () => {
    const found = outlines([at('A', 0, 0), at('B', 9, 9), at('A', 4, 0), at(null, 1, 1), at(null, 2, 2), at('A', 2, 3), at('A', 2, 1)]);
    expect(found.map(({ id }) => id)).toEqual(['A']);
    expect(found[0]?.points.map(({ x, y }) => [x, y]).sort()).toEqual([[0, 0], [2, 3], [4, 0]]);
  });
  it('are a line around two', () => {
    expect(outlines([at('A', 0, 0), at('A', 5, 0)])[0]?.points).toHaveLength(2);
  });
});

describe('tints', () => {
  it('all differ, in colour or in pattern, in light and dark', () => {
    for (const dark of [false, true]) {
      const looks = Array.from({ length: 12 }, (_, k) => tinted(k, dark));
      expect(new Set(looks.map(({ colour, pattern }) => colour + pattern)).size).toBe(12);
      expect(new Set(looks.map(({ pattern }) => pattern)).size).toBe(PATTERNS.length);
    }
  });
  it('go before the value of what has one', () => {
    const legend = [{ id: 'joint' }, { id: 'alone' }];
    expect(lookOf({ tint: 4, value: 0 }, legend, false)).toEqual(tinted(4, false));
    expect(lookOf({ tint: null, value: 1 }, legend, false)?.pattern).toBe('cross');
    expect(lookOf({}, legend, false)).toBeNull();
  });
});
