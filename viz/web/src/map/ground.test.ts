import { describe, expect, it } from 'vitest';
import { encloses, frame, outline, ringsOf, type Mark } from './frame';
import { around, detail, merged, unpacked } from './ground';
import { above, addressOf, column, cornerOf, latOf, lonOf, MOST, row, shiftAt, tilesOf } from './tiles';

describe('boundaries', () => {
  const square = { code: '420106', rings: [[[11400000, 3000000, 100, 0, 0, 100, -100, 0]]] };
  it('come as a first point and the ways between the points', () => {
    const ring = unpacked([11430000, 3050000, 10, -20, 5, 0], 1e-5);
    expect(ring.map(([x, y]) => [x.toFixed(5), y.toFixed(5)])).toEqual([['114.30000', '30.50000'], ['114.30010', '30.49980'], ['114.30015', '30.49980']]);
  });
  it('never get coarser by an answer for elsewhere, and are the same object where nothing is new', () => {
    const fine = merged(new Map(), { metres: 3, scale: 1e-5, outlines: [square] });
    expect(merged(fine, { metres: 200, scale: 1e-5, outlines: [square] })).toBe(fine);
    expect(merged(fine, { metres: null, scale: 1e-5, outlines: [] })).toBe(fine);
    expect(merged(merged(new Map(), { metres: 200, scale: 1e-5, outlines: [square] }), { metres: 12, scale: 1e-5, outlines: [square] }).get('420106')?.metres).toBe(12);
  });
  it('take the place of hulls on the map, of their own division alone', () => {
    const known = merged(new Map(), { metres: 3, scale: 1e-5, outlines: [square] });
    const on = frame([114, 30, 115, 31], 1000, known);
    const mark = { id: 'district:420106', level: 'district', code: '420106', hull: [[114.5, 30.5], [114.6, 30.5], [114.5, 30.6]], counts: {}, network: [0, 0, 10, 10] } as unknown as Mark;
    expect(outline(on, 'geographic', mark)).toHaveLength(4);
    expect(ringsOf(on, 'geographic', mark)?.[0]?.[0]?.[1]).toBeCloseTo(on.put('geographic', 114, 30)[1], 9);
    expect(outline(on, 'geographic', { ...mark, code: '420107' })).toHaveLength(3);
    expect(outline(on, 'geographic', { ...mark, level: 'place' })).toHaveLength(3);
    expect(ringsOf(on, 'network', mark)).toHaveLength(1);
  });
  it('enclose what lies in them, not what lies in their holes or bays', () => {
    const bay = [[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]] as const;
    const hole = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]] as const;
    expect(encloses([bay], [0.4, 0.4])).toBe(true);
    expect(encloses([bay, hole], [0.4, 0.4])).toBe(false);
    expect(encloses([bay], [2, 3])).toBe(false);
  });
  it('are asked for by what a pixel is, in boxes that small steps stay within', () => {
    expect(detail([114, 30, 115, 31], 500)).toBe(200);
    expect(detail([114, 30, 114.1, 30.1], 800)).toBe(12);
    const box = around([114.301, 30.501, 114.352, 30.54]);
    expect(box[0]).toBeLessThan(114.301);
    expect(box[3]).toBeGreaterThan(30.54);
    expect(around([114.302, 30.5012, 114.353, 30.5402])).toEqual(box);
  });
});

describe('tiles', () => {
  const here = [114.2, 30.5, 114.4, 30.6] as const;
  it('are Web Mercator: known places lie in known tiles, and corners are found again', () => {
    expect([Math.floor(column(13.405, 10)), Math.floor(row(52.52, 10))]).toEqual([550, 335]); // Berlin
    expect(lonOf(column(114.305, 9), 9)).toBeCloseTo(114.305, 9);
    expect(latOf(row(30.593, 9), 9)).toBeCloseTo(30.593, 9);
    expect(row(89, 3)).toBeCloseTo(0, 3);
  });
  it('cover a box, from the middle outwards, and are never too many', () => {
    const tiles = tilesOf(here, 1000, null);
    const [first] = tiles;
    if (!first) throw new Error('no tile');
    expect(tiles.length).toBeGreaterThan(4);
    const west = Math.min(...tiles.map(({ x }) => x));
    const north = Math.min(...tiles.map(({ y }) => y));
    expect(lonOf(west, first.z)).toBeLessThanOrEqual(here[0]);
    expect(latOf(north, first.z)).toBeGreaterThanOrEqual(here[3]);
    expect(lonOf(first.x, first.z)).toBeGreaterThan(114.2);
    expect(tilesOf([-180, -90, 180, 90], 60_000, null).length).toBeLessThanOrEqual(MOST);
  });
  it('that lie off are drawn where their streets are', () => {
    const shift = { box: [114, 30, 115, 31], lon: [0.005, 0.006, 0.005, 0.006], lat: [-0.002, -0.002, -0.003, -0.003] };
    expect(shiftAt(shift, 114.5, 30.5)[0]).toBeCloseTo(0.0055, 9);
    expect(shiftAt(shift, 120, 20)).toEqual([0.006, -0.002]);
    const [lon, lat] = cornerOf(3348, 1681, 12, shift);
    expect(lonOf(3348, 12) - lon).toBeCloseTo(0.0053, 3);
    expect(latOf(1681, 12) - lat).toBeCloseTo(-0.0026, 3);
  });
  it('have one above that holds them, and an address', () => {
    expect(above({ z: 12, x: 3349, y: 1683 }, 2)).toEqual({ tile: { z: 10, x: 837, y: 420 }, part: [0.25, 0.75, 0.25] });
    expect(addressOf('/t/{z}/{x}/{y}.png?k=1', { z: 3, x: 1, y: 2 })).toBe('/t/3/1/2.png?k=1');
  });
});
