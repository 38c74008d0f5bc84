import { describe, expect, it } from 'vitest';
import { hierarchy, type Station } from './levels';

const station = (id: string, depth: number, kind = 'unit'): Station => ({ id, name: id, kind, type: null, depth });

describe('a chain as a hierarchy', () => {
  it('has the root on top going up, and the one that was asked about on top going down', () => {
    const chain = {
      nodes: [station('A', 0), station('B', 1), station('C', 2)],
      edges: [
        { from: 'A', to: 'B', kind: 'SUBORDINATE_TO' },
        { from: 'B', to: 'C', kind: 'SUBORDINATE_TO' },
      ],
    };
    const level = (down: boolean) => Object.fromEntries(hierarchy(chain, down).boxes.map((box) => [box.station.id, box.level]));
    expect(level(false)).toEqual({ A: 2, B: 1, C: 0 });
    expect(level(true)).toEqual({ A: 0, B: 1, C: 2 });
    expect(hierarchy(chain, false).lines).toHaveLength(2);
  });
  it('puts boxes near those that they are tied to, so that lines of a tree do not cross', () => {
    const nodes = [station('R', 0), station('A', 1), station('B', 1), station('b', 2), station('a', 2)];
    const edges = [
      ['A', 'R'],
      ['B', 'R'],
      ['a', 'A'],
      ['b', 'B'],
    ].map(([from = '', to = '']) => ({ from, to, kind: 'SUBORDINATE_TO' }));
    const at = Object.fromEntries(hierarchy({ nodes, edges }, true).boxes.map((box) => [box.station.id, box.at]));
    expect(at).toMatchObject({ A: 0, a: 0, B: 1, b: 1 });
  });
  it('shows so many of a level at most and counts the rest', () => {
    const nodes = [station('R', 0), ...Array.from({ length: 500 }, (_, k) => station(`U${k}`, 1))];
    const found = hierarchy({ nodes, edges: nodes.slice(1).map(({ id }) => ({ from: id, to: 'R', kind: 'SUBORDINATE_TO' })) }, true, 12);
    expect(found.left).toEqual([0, 488]);
    expect(found.boxes).toHaveLength(13);
    expect(found.lines).toHaveLength(12);
  });
  it('leaves what hangs on a box that is not drawn to the table', () => {
    const nodes = [station('R', 0), station('A', 1), station('B', 1), station('b', 2)];
    const edges = [
      { from: 'A', to: 'R', kind: 'SUBORDINATE_TO' },
      { from: 'B', to: 'R', kind: 'SUBORDINATE_TO' },
      { from: 'b', to: 'B', kind: 'SUBORDINATE_TO' },
    ];
    const found = hierarchy({ nodes, edges }, true, 1);
    expect(found.boxes.map(({ station: { id } }) => id)).toEqual(['R', 'A']);
    expect(found.left).toEqual([0, 1, 1]);
  });
  it('keeps two entities of one code apart', () => {
    const nodes = [station('X', 0, 'organization'), station('X', 1), station('C', 2)];
    const edges = [
      { from: 'X', to: 'X', kind: 'COVERS' },
      { from: 'X', to: 'C', kind: 'SUBORDINATE_TO' },
    ];
    const found = hierarchy({ nodes, edges }, false);
    expect(found.lines.find(({ kind }) => kind === 'SUBORDINATE_TO')?.from.station.kind).toBe('unit');
  });
  it('draws nothing of nothing', () => {
    expect(hierarchy({ nodes: [], edges: [] }, false)).toEqual({ boxes: [], lines: [], width: 0, left: [] });
  });
});
