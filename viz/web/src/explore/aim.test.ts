import { describe, expect, it } from 'vitest';
import { box, next, within } from './aim';

const at = new Map([
  ['middle', { x: 0, y: 0 }],
  ['right', { x: 10, y: 1 }],
  ['farther', { x: 30, y: 0 }],
  ['below', { x: 2, y: 10 }],
  ['left', { x: -8, y: -2 }],
]);

describe('pointing', () => {
  it('goes to the next thing in a direction, and stays where there is none', () => {
    expect((['right', 'left', 'down', 'up'] as const).map((way) => next(at, 'middle', way))).toEqual(['right', 'left', 'below', null]);
    expect(next(at, 'right', 'right')).toBe('farther');
    expect(next(at, 'farther', 'left')).toBe('right');
  });
  it('begins in the middle, also after its thing is gone, and nowhere where nothing is', () => {
    expect(next(at, null, 'up')).toBe('right');
    expect(next(at, 'gone', 'up')).toBe('right');
    expect(next(new Map(), null, 'up')).toBeNull();
  });
  it('reaches every thing by arrows from every other', () => {
    for (const start of at.keys()) {
      const reached = new Set([start]);
      for (const key of reached) for (const way of ['right', 'left', 'down', 'up'] as const) reached.add(next(at, key, way) ?? key);
      expect(reached.size).toBe(at.size);
    }
  });
  it('tells what lies within a line, also one with a bay', () => {
    const bay = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }, { x: 5, y: 2 }, { x: 0, y: 10 }];
    expect([{ x: 1, y: 5 }, { x: 9, y: 5 }, { x: 5, y: 1 }].map((point) => within(point, bay))).toEqual([true, true, true]);
    expect([{ x: 5, y: 8 }, { x: -1, y: 5 }].map((point) => within(point, bay))).toEqual([false, false]);
    expect(within({ x: 2, y: 3 }, box({ x: 5, y: 5 }, { x: 1, y: 1 }))).toBe(true);
    expect(within({ x: 2, y: 3 }, [])).toBe(false);
  });
});
