import { describe, expect, it } from 'vitest';
import { between, boundsOfBox, boxOf, frame, outline, rays, stands, typical, type Mark, type Point } from './frame';
import { lifted, next, radii, scene } from './scene';

const COUNTS = { organizations: 10, units: 2, baseline: 10, baseline_covered: 4, base: 10, base_covered: 4, eligible: 5, eligible_covered: 2 };
function mark(id: string, level: Mark['level'], parent: string | null, at: [number, number] | null, number = 12): Mark {
  const area = level !== 'organization';
  return {
    id, level, kind: area ? 'building' : 'organization', code: id, name: id, parent, geographic: at, placed: at ? 'mean' : null,
    hull: area && at ? [[at[0] - 0.01, at[1] - 0.01], [at[0] + 0.01, at[1] - 0.01], [at[0] + 0.01, at[1] + 0.02]] : null,
    outliers: 0, network: [500, 500, area ? 100 : 0, area ? 100 : 0], counts: area ? { ...COUNTS, organizations: number - 2 } : null,
    shares: area ? [3, 7] : null, state: null, type: null, value: area ? null : 0, opens: { in: id },
  };
}
const on = frame([114, 30, 115, 30.5], 1000);
const everywhere = () => true;
const left = (level: Mark['level']) => [{ level, marks: 5, organizations: 50, units: 1, because: 'limit' as const }];

describe('the square', () => {
  it('gives back what was put into it, in both layouts', () => {
    for (const layout of ['geographic', 'network'] as const) {
      const [x, y] = layout === 'geographic' ? [114.3, 30.2] : [250, 900];
      const [a, b] = on.take(layout, ...on.put(layout, x, y));
      expect(a).toBeCloseTo(x, 9);
      expect(b).toBeCloseTo(y, 9);
    }
  });
  it('is north up on the map, and the first row of the network is on top', () => {
    expect(on.put('geographic', 114, 30.4)[1]).toBeGreaterThan(on.put('geographic', 114, 30.1)[1]);
    expect(on.put('network', 0, 10)[1]).toBeGreaterThan(on.put('network', 0, 900)[1]);
  });
  it('has a box for each part of it, and the part for each box', () => {
    for (const layout of ['geographic', 'network'] as const) {
      const box = boxOf(on, layout, [0.2, 0.45, 0.6, 0.6]);
      expect(box[0]).toBeLessThan(box[2]);
      expect(box[1]).toBeLessThan(box[3]);
      boundsOfBox(on, layout, box).forEach((n, k) => expect(n).toBeCloseTo([0.2, 0.45, 0.6, 0.6][k] ?? 0, 4));
    }
  });
  it('has no place for what no row places, but on the network', () => {
    const lost = mark('L', 'place', null, null);
    expect(stands(on, 'geographic', lost)).toBeNull();
    expect(stands(on, 'network', lost)).not.toBeNull();
    expect(stands(frame(null, 1000), 'geographic', mark('P', 'place', null, [114.1, 30.1]))).toBeNull();
  });
  it('turns a hull into a rectangle ray by ray, each on its outline', () => {
    const square: Point[] = [[-1, -1], [1, -1], [1, 1], [-1, 1]];
    for (const [x, y] of rays(square, [0.3, -0.2])) expect(Math.max(Math.abs(x), Math.abs(y))).toBeCloseTo(1, 9);
    expect(between([0, 0], [2, 4], 0)).toEqual([0, 0]);
    expect(between([0, 0], [2, 4], 1)).toEqual([2, 4]);
    expect(outline(on, 'network', mark('A', 'street', null, null))).toHaveLength(4);
    expect(outline(on, 'geographic', mark('A', 'street', null, null))).toBeNull();
  });
  it('is not spanned by one wrong point', () => {
    const points: Point[] = [[0, 0], [0.1, 0], [0, 0.1], [0.1, 0.1], [9, 9]];
    expect(typical(points)).toHaveLength(4);
    expect(typical([[1, 1], [1, 1]])).toHaveLength(2);
  });
});

describe('what is drawn', () => {
  const district = mark('D', 'district', null, [114.5, 30.2]);
  const streets = [114.2, 114.4, 114.6].map((x, k) => mark(`S${k}`, 'street', 'D', [x, 30.2]));
  const firms = Array.from({ length: 40 }, (_, k) => mark(`F${k}`, 'organization', 'S0', [114.2 + k / 1000, 30.2]));

  it('is the deepest level of which there is room for all that is in sight', () => {
    const view = { marks: [district, ...streets, ...firms], left_out: [] };
    expect(scene(view, on, 'geographic', everywhere, 500_000).level).toBe('organization');
    expect(scene(view, on, 'geographic', everywhere, 4_000).level).toBe('street');
    expect(scene(view, on, 'geographic', everywhere, 100).level).toBe('district');
  });
  it('is no part of a level that looks like all of it, unless rows are asked for', () => {
    const view = { marks: [district, ...streets, ...firms], left_out: left('organization') };
    expect(scene(view, on, 'geographic', everywhere, 500_000).level).toBe('street');
    expect(scene(view, on, 'geographic', everywhere, 500_000, true).level).toBe('organization');
    expect(scene({ marks: firms, left_out: left('organization') }, on, 'geographic', everywhere, 100).level).toBe('organization');
  });
  it('counts what has no place, and outlines what lies above', () => {
    const found = scene({ marks: [district, ...streets, mark('S9', 'street', 'D', null)], left_out: [] }, on, 'geographic', everywhere, 500_000);
    expect(found.nowhere).toHaveLength(1);
    expect(found.outlines.map(({ id }) => id)).toEqual(['D', 'S0', 'S1', 'S2']);
  });
  it('is large as its number is, within bounds', () => {
    const marks = [mark('A', 'street', null, [114, 30], 100), mark('B', 'street', null, [114, 30], 400), mark('C', 'street', null, [114, 30], 1_000_000)];
    const of = radii(marks.slice(0, 2), 40_000);
    const [a, b] = marks.map(of);
    expect(b).toBeGreaterThan(a ?? Infinity);
    expect(of(marks[2] ?? district)).toBe(30);
  });
  it('has ties between what is drawn, those of what lies in it together', () => {
    const tie = (from: string, to: string, number: number) => ({ from, to, number, kind: 'SUBORDINATE_TO' as const });
    const view = { marks: [district, ...streets, ...firms], links: [tie('F1', 'S1', 2), tie('F2', 'S1', 3), tie('F1', 'F2', 1), tie('S2', 'X', 1)] };
    expect(lifted(view, new Set(['S0', 'S1', 'S2']))).toEqual([{ from: 'S0', to: 'S1', kind: 'SUBORDINATE_TO', number: 5 }]);
  });
  it('is gone through with arrows, to the nearest in their direction', () => {
    const marks = [{ id: 'here', at: [0, 0] as const }, { id: 'right', at: [1, 0.2] as const }, { id: 'far', at: [5, 0] as const }, { id: 'up', at: [0.1, 1] as const }];
    expect(next([0, 0], 'ArrowRight', marks)).toBe('right');
    expect(next([0, 0], 'ArrowUp', marks)).toBe('up');
    expect(next([0, 0], 'ArrowLeft', marks)).toBeNull();
  });
});
