import { describe, expect, it } from 'vitest';
import { panned, projected, unprojected, zoomed, type Camera } from './camera';
import { bounds, box, hull, middle, narrowing, outline, within } from './plane';

const SIZE = { width: 800, height: 600 };
const CAMERA: Camera = { x: 3, y: -2, scale: 5 };

describe('points of a plane', () => {
  it('lie within their bounds, around their middle, and have a hull that dots and lines have too', () => {
    const square = [...box({ x: 0, y: 0 }, { x: 4, y: 2 }), { x: 2, y: 1 }];
    expect(bounds(square)).toEqual({ left: 0, right: 4, top: 0, bottom: 2 });
    expect(bounds([])).toBeNull();
    expect(middle(square)).toEqual({ x: 2, y: 1 });
    expect(hull(square)).toHaveLength(4);
    expect(hull(square.slice(0, 2))).toHaveLength(2);
    expect(hull([0, 1, 2, 3].map((x) => ({ x, y: x })))).toEqual([{ x: 0, y: 0 }, { x: 3, y: 3 }]);
    expect(hull([{ x: 1, y: 1 }, { x: 1, y: 1 }])).toEqual([{ x: 1, y: 1 }]);
    expect(outline(hull([{ x: 1, y: 1 }]))).toBe('M1.0 1.0Z');
    expect(outline([])).toBe('');
  });
  it('lie within a line, also one with a bay, or outside of it', () => {
    const bay = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }, { x: 5, y: 2 }, { x: 0, y: 10 }];
    expect([{ x: 1, y: 5 }, { x: 9, y: 5 }, { x: 5, y: 1 }].map((point) => within(point, bay))).toEqual([true, true, true]);
    expect([{ x: 5, y: 8 }, { x: -1, y: 5 }].map((point) => within(point, bay))).toEqual([false, false]);
    expect(within({ x: 2, y: 3 }, box({ x: 5, y: 5 }, { x: 1, y: 1 }))).toBe(true);
    expect(within({ x: 2, y: 3 }, [])).toBe(false);
  });
  it('are narrower in the north', () => {
    expect(narrowing(0, 0)).toBe(1);
    expect(narrowing(60, 60)).toBeCloseTo(0.5);
  });
});

describe('the camera', () => {
  it('takes points to pixels and back', () => {
    expect(projected({ x: 3, y: -2 }, CAMERA, SIZE)).toEqual({ x: 400, y: 300 });
    const there = { x: 17, y: 555 };
    const back = projected(unprojected(there, CAMERA, SIZE), CAMERA, SIZE);
    expect(back.x).toBeCloseTo(there.x);
    expect(back.y).toBeCloseTo(there.y);
  });
  it('comes closer to what is pointed at, and no closer than it may', () => {
    const about = { x: 100, y: 50 };
    const near = zoomed(CAMERA, 3, about, SIZE, [1, 10]);
    expect(near.scale).toBe(10);
    const [before, after] = [unprojected(about, CAMERA, SIZE), unprojected(about, near, SIZE)];
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });
  it('goes with the hand', () => {
    const moved = panned(CAMERA, 10, -20);
    expect(projected({ x: 3, y: -2 }, moved, SIZE)).toEqual({ x: 410, y: 280 });
  });
});
