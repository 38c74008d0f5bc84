import { expect, it } from 'vitest';
import type { Box, Line } from '../graph/levels';
import { strokes } from './strokes';

const box = (id: string, level: number, at = 0): Box => ({ station: { id, name: id, kind: 'unit', type: null, depth: 0 }, level, at });
const of = (lines: Line[]) => strokes(lines, ({ at }) => 100 + at * 200, ({ level }) => 30 + level * 92, { width: 176, height: 46 });
const tip = (path: string) => path.split('l')[0];

it('draws a cycle of two as two lines, each with its tip at the end that it leads to', () => {
  const [a, b] = [box('a', 0), box('b', 1)];
  const [down, up] = of([
    { from: a, to: b, kind: 'SUBORDINATE_TO' },
    { from: b, to: a, kind: 'SUBORDINATE_TO' },
  ]);
  expect(down?.d).toBe('M85 53C85 77 85 75 85 99');
  expect(up?.d).toBe('M115 99C115 75 115 77 115 53');
  expect(tip(down?.tip ?? '')).toBe('M85 99');
  expect(tip(up?.tip ?? '')).toBe('M115 53');
});

it('draws no two lines of a pair alike, whether above each other, far off or side by side', () => {
  for (const [a, b] of [[box('a', 0), box('b', 1)], [box('a', 0), box('b', 3)], [box('a', 1), box('b', 1, 1)]] as const) {
    const drawn = of(['SUBORDINATE_TO', 'DUALLY_MANAGED_BY', 'COVERS'].flatMap((kind) => [{ from: a, to: b, kind }, { from: b, to: a, kind }])); // prettier-ignore
    expect(new Set(drawn.map(({ d }) => d)).size).toBe(6);
    const ends = new Set(drawn.map(({ d }) => (d.match(/-?[\d.]+/g) ?? []).map(Number)).map((n) => [n.slice(0, 2), n.slice(-2)].map(String).sort().join()));
    expect(ends.size).toBe(6);
  }
});

it('leaves a line alone where there was room: from the middle to the middle', () => {
  expect(of([{ from: box('a', 0), to: box('b', 1, 1), kind: 'COVERS' }])[0]?.d).toBe('M100 53C100 77 300 75 300 99');
});
