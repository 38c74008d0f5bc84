import { describe, expect, it } from 'vitest';
import { fitted, laid as put, legible } from './ground';

const laid = (things: Parameters<typeof put>[0], width: number, height: number) => put(things, fitted(things, width, height));
const at = (code: string, lon: number | null, lat: number | null) => ({ code, lon, lat });

describe('the ground', () => {
  it('keeps north up, east right, and everything on the sheet', () => {
    const found = laid([at('a', 114.2, 30.5), at('b', 114.4, 30.7), at('c', null, 30.6)], 800, 500);
    const [a, b] = found;
    expect(found.map(({ code }) => code)).toEqual(['a', 'b']);
    expect(a && b && a.x < b.x && a.y > b.y).toBe(true);
    for (const { x, y } of found) expect(x > 0 && x < 800 && y > 0 && y < 500).toBe(true);
  });
  it('leads from the sheet back to degrees', () => {
    const on = fitted([at('a', 114.2, 30.5), at('b', 114.4, 30.7)], 800, 500);
    const [lon, lat] = on?.take(on.put(114.25, 30.6)) ?? [];
    expect(lon).toBeCloseTo(114.25, 9);
    expect(lat).toBeCloseTo(30.6, 9);
    expect(fitted([at('c', null, 30.6)], 800, 500)).toBeNull();
  });
  it('shows each of those on one spot, and one alone in the middle', () => {
    const found = laid(Array.from({ length: 50 }, (_, k) => at(String(k), 114.3, 30.6)), 800, 500);
    expect(new Set(found.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size).toBe(50);
    expect(laid([at('a', 114.3, 30.6)], 800, 500)).toEqual([{ code: 'a', x: 400, y: 250 }]);
    expect(laid([], 800, 500)).toEqual([]);
  });
  it('writes no label over another, and the weightier of two', () => {
    const labels = [0, 1, 2, 3].map((k) => ({ code: String(k), text: '街道', x: k * 15, y: 0, weight: k === 1 ? 9 : k }));
    expect([...legible(labels, 10)].sort()).toEqual(['1', '3']);
    expect(legible(labels, 1).size).toBe(4);
  });
});
