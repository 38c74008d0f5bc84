import { expect, it } from 'vitest';
import { alone, drafted, fits, toggled } from './layout';
import type { Sheet } from './mapping';

it('means a name alone, whatever is in it', () => {
  expect(alone('台账[1]*?.xlsx')).toBe('台账[[]1][*][?].xlsx');
});

it('keeps the rows of a header together, five at most', () => {
  expect(toggled(null, 3)).toEqual([3, 3]);
  expect(toggled([3, 3], 4)).toEqual([3, 4]);
  expect(toggled([3, 3], 6)).toEqual([3, 6]);
  expect(toggled([3, 4], 2)).toEqual([2, 4]);
  expect(toggled([3, 3], 9)).toEqual([9, 9]);
  expect(toggled([3, 5], 3)).toEqual([4, 5]);
  expect(toggled([3, 5], 5)).toEqual([3, 4]);
  expect(toggled([3, 3], 3)).toBeNull();
});

it('knows what can be a header', () => {
  expect(fits(2, 3)).toBe(true);
  expect(fits(3, 2)).toBe(false);
  expect(fits(1, 6)).toBe(false);
  expect(fits(0, 1)).toBe(false);
  expect(fits(201, 201)).toBe(false);
  expect(fits(Number.NaN, 1)).toBe(false);
});

it('drafts entries for the sheets of which something is said', () => {
  const sheet = (name: string) => ({ sheet: name }) as Sheet;
  const placed = [{ key: 'a', file: 'in/甲.xlsx', sheet: sheet('一') }, { key: 'b', file: 'in/甲.xlsx', sheet: sheet('二') }, { key: 'c', file: '乙.csv', sheet: sheet('') }];
  expect(drafted(placed, { a: { is: 'header', rows: [2, 3] }, c: { is: 'out' } })).toEqual([
    { file: '甲.xlsx', name: '一', header: [2, 3] },
    { file: '乙.csv', leave_out: true },
  ]);
});
