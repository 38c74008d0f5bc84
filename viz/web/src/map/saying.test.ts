import { beforeEach, describe, expect, it } from 'vitest';
import { language } from '../texts';
import type { Mark } from './frame';
import { unplaced } from './saying';

const mark = (name: string | null, units: number): Mark => ({ level: 'street', name, code: name, counts: { organizations: 0, units, base: 0, base_covered: 0 } }) as unknown as Mark;

describe('what has no place on the map', () => {
  beforeEach(() => {
    language.value = 'en';
  });
  it('is counted as streets only where it is a street', () => {
    const said = unplaced([mark(null, 5), mark(null, 7)], 'street');
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('12 units');
    expect(said[0]).not.toContain('2 streets');
    expect(unplaced([mark('A', 1), mark(null, 2)], 'street')).toHaveLength(2);
    expect(unplaced([], 'street')).toEqual([]);
  });
});
