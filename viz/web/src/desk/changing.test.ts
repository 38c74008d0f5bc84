import { describe, expect, it } from 'vitest';
import { called, lastTwo, plot, size, type Street } from './changing';

const street = (id: string, lon: number | null, lat: number | null, came = 1): Street => ({ id, name: id, district: null, lon, lat, came, went: 0, changed: 0 });

describe('streets on the small map', () => {
  it('stand within it, north up and west left, clear of each other', () => {
    const found = plot([street('a', 114, 30, 40), street('b', 114.2, 30.2, 5), street('c', 114.2, 30.2, 9), street('d', null, null)], 640);
    expect(found.nowhere).toBe(1);
    const [a, b, c] = found.placed;
    if (!a || !b || !c) throw new Error('none');
    expect(a.x).toBeLessThan(b.x);
    expect(a.y).toBeGreaterThan(b.y);
    expect(Math.abs(b.x - c.x) >= b.r + c.r || Math.abs(b.y - c.y) >= 40).toBe(true);
    for (const one of found.placed) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x).toBeLessThanOrEqual(640);
      expect(one.y).toBeLessThanOrEqual(found.height);
    }
  });
  it('are there where all lie at one place, or none has any', () => {
    expect(plot([street('a', 114, 30)], 640).placed[0]?.x).toBeCloseTo(320);
    expect(plot([street('a', null, null)], 640)).toMatchObject({ placed: [], nowhere: 1 });
    expect(plot([], 640).placed).toEqual([]);
  });
  it('have marks whose area goes with the number, and none for none', () => {
    expect(size(0, 10)).toBe(0);
    expect(size(10, 10)).toBeGreaterThan(size(1, 10));
  });
});

it('calls codes by their names', () => {
  expect(called(['U1', 'U2'], { U1: '甲支部' })).toBe('甲支部 (U1)、U2');
  expect(called({ street: 'a', district: null }, {})).toBe('a');
  expect(called(null, {})).toBe('');
});

it('begins with the last two dates', () => {
  expect(lastTwo(['2016-08-26', '2017-01-05', '2016-12-20', '2017-01-05'])).toEqual(['2016-12-20', '2017-01-05']);
  expect(lastTwo(['2016-08-26'])).toBeNull();
});
