import { expect, it } from 'vitest';
import { placed } from './place';

const rows = ['a', 'b', 'c'].map((id) => ({ id }));

it('leads through all rows of the list, however many are still to be done', () => {
  expect(placed(rows, 3, true, 'a')).toEqual({ at: 1, of: 3, previous: null, next: 'b' });
  expect(placed(rows, 3, true, 'c')).toEqual({ at: 3, of: 3, previous: 'b', next: null });
});

it('leaves to the service what the rows that were read do not tell', () => {
  expect(placed(rows, 9, false, 'b')).toEqual({ at: 2, of: 9, previous: 'a', next: 'c' });
  expect(placed(rows, 9, false, 'c')).toBeNull();
  expect(placed(rows, 9, false, 'x')).toBeNull();
});
