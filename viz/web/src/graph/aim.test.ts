import { describe, expect, it } from 'vitest';
import { next } from './aim';

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
});
