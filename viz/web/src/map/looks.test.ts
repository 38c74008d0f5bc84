import { describe, expect, it } from 'vitest';
import { CLASSES, FILLS, look, PATTERNS, shade } from './looks';

describe('values', () => {
  it('of coverage differ in pattern as well as in colour', () => {
    for (const dark of [false, true]) {
      const all = ['single', 'joint', 'eligible', 'uncovered', 'outside'].map((id, at) => look(id, at, dark));
      expect(new Set(all.map(({ pattern }) => pattern)).size).toBe(5);
      expect(new Set(all.map(({ colour }) => colour)).size).toBe(5);
    }
  });
  it('of a longer list are told apart by both together', () => {
    const all = Array.from({ length: 20 }, (_, at) => look(String.fromCharCode(65 + at), at, false));
    expect(new Set(all.map(({ colour, pattern }) => `${colour}${pattern}`)).size).toBe(20);
  });
  it('have a path in the legend for each pattern', () => {
    for (const paths of Object.values(FILLS)) expect(Object.keys(paths)).toEqual([...PATTERNS]);
  });
});

describe('the ground', () => {
  it('has five classes, the ends of which belong to the lower one', () => {
    expect(new Set(CLASSES.map((end) => shade(end, false))).size).toBe(5);
    expect(shade(0, false)).toBe(shade(0.2, false));
    expect(shade(0.2001, false)).toBe(shade(0.4, false));
    expect(shade(1, true)).not.toBe(shade(1, false));
  });
});
