import { describe, expect, it } from 'vitest';
import { follows } from './camera';
import { frame, type Point } from './frame';

describe('a camera over another square', () => {
  const before = frame([114, 30, 115, 31], 1000);
  const other = frame([114, 30, 116, 32], 1000);
  const moved = (at: Point) => other.put('geographic', ...before.take('geographic', ...at));
  const whole = { x: 0.5, y: 0.5, ratio: 1 };

  it('stays where the square is the same', () => {
    expect(follows({ x: 0.3, y: 0.2, ratio: 0.1 }, [0.2, 0.1, 0.4, 0.3], whole, (at) => at)).toBeNull();
  });
  it('sees all of the city again where it saw all of it', () => {
    expect(follows(whole, [0, 0, 1, 1], whole, moved)).toBe('whole');
  });
  it('goes with the part that it saw', () => {
    const there = follows({ x: 0.3, y: 0.2, ratio: 0.1 }, [0.2, 0.1, 0.4, 0.3], whole, moved);
    if (there === null || there === 'whole') throw new Error('the camera stayed');
    const at = before.take('geographic', 0.3, 0.2);
    expect(other.take('geographic', there.x, there.y)[0]).toBeCloseTo(at[0], 2);
    expect(other.take('geographic', there.x, there.y)[1]).toBeCloseTo(at[1], 2);
    expect(there.ratio).toBeGreaterThan(0.04);
    expect(there.ratio).toBeLessThan(0.06);
  });
});
