import { describe, expect, it } from 'vitest';
import { channels, packed, widthOf } from './ties';

describe('ties', () => {
  it('are packed by kind, in their order, ends before width', () => {
    const tie = (kind: string, number: number, x: number) => ({ from: [x, 0] as const, to: [1, x] as const, kind, number });
    const found = packed([tie('COVERS', 1, 0.25), tie('SUBORDINATE_TO', 9, 0.5), tie('COVERS', 99, 0.75)]);
    expect([...found.keys()]).toEqual(['COVERS', 'SUBORDINATE_TO']);
    expect([...(found.get('COVERS') ?? [])].map((n) => Math.round(n * 100) / 100)).toEqual([0.25, 0, 1, 0.25, 1.1, 0.75, 0, 1, 0.75, 2.8]);
    expect(found.get('SUBORDINATE_TO')).toHaveLength(5);
  });

  it('grow with how many they stand for, up to four pixels', () => {
    expect(widthOf(1)).toBeLessThan(widthOf(10));
    expect(widthOf(1e9)).toBe(4);
  });

  it('have colours by channel, and grey where there is none', () => {
    expect(channels('#ff0080')).toEqual([1, 0, 128 / 255]);
    expect(channels('red')).toEqual([136 / 255, 136 / 255, 136 / 255]);
  });
});
