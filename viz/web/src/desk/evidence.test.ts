import { describe, expect, it } from 'vitest';
import { evidence, said, type Named } from './evidence';

const thing = (id: string, kind = 'unit', there = true): Named => ({ id, kind, name: id, type: null, there });
const up = (from: string, to: string) => ({ edge: 'SUBORDINATE_TO', from, to });

function levelsOf(found: ReturnType<typeof evidence>): Record<string, number> {
  return Object.fromEntries(found.boxes.map(({ station, level }) => [station.id, level]));
}

describe('evidence as a hierarchy', () => {
  it('has superiors above, and what a unit covers below', () => {
    const found = evidence([{ node: 'A', kind: 'unit' }, up('A', 'B'), { edge: 'COVERS', from: 'A', to: 'F' }], [thing('A'), thing('B'), thing('F', 'organization')], null);
    expect(levelsOf(found)).toEqual({ B: 0, A: 1, F: 2 });
    expect(found.marks.boxes).toEqual(new Set(['A']));
    expect(found.lines).toHaveLength(2);
  });
  it('draws a cycle of any length once, each on a level', () => {
    const ids = ['A', 'B', 'C'];
    const found = evidence(ids.map((id, k) => up(id, ids[(k + 1) % 3] ?? 'A')), ids.map((id) => thing(id)), null);
    expect(found.boxes).toHaveLength(3);
    expect(found.lines).toHaveLength(3);
    expect(found.marks.boxes.size).toBe(3);
  });
  it('puts the chain of the subject around it, without marks', () => {
    const chain = { nodes: ['A', 'B', 'ROOT'].map((id, depth) => ({ id, kind: 'unit', name: id, type: null, depth })), edges: [{ from: 'A', to: 'B', kind: 'SUBORDINATE_TO' }, { from: 'B', to: 'ROOT', kind: 'SUBORDINATE_TO' }] };
    const found = evidence([{ node: 'A', kind: 'unit' }], [thing('A')], chain);
    expect(levelsOf(found)).toEqual({ ROOT: 0, B: 1, A: 2 });
    expect(found.marks.lines.size).toBe(0);
  });
  it('draws a unit that is its own superior, and one that no row defines', () => {
    const found = evidence([up('A', 'A'), up('A', 'GONE')], [thing('A'), thing('GONE', 'unit', false)], null);
    expect(found.boxes.find(({ station }) => station.id === 'GONE')?.station.kind).toBe('missing');
    expect(found.boxes).toHaveLength(2);
  });
  it('says how many a level leaves to the table, those at fault drawn first', () => {
    const many = Array.from({ length: 30 }, (_, k) => `F${k}`);
    const found = evidence([{ node: 'F29', kind: 'organization' }], many.map((id) => thing(id, 'organization')), null, 12);
    expect(found.left).toEqual([18]);
    expect(found.boxes[0]?.station.id).toBe('F29');
  });
  it('is not stopped by a long chain', () => {
    const ids = Array.from({ length: 5000 }, (_, k) => `U${k}`);
    const found = evidence(ids.slice(1).map((id, k) => up(ids[k] ?? '', id)), ids.map((id) => thing(id)), null);
    expect(found.left).toHaveLength(5000);
  });
  it('says the values of a piece', () => {
    expect(said({ node: 'A', kind: 'unit', formal_members: 7 })).toEqual([['formal_members', 7]]);
  });
});
