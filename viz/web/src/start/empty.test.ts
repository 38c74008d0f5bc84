import { expect, it } from 'vitest';
import { empty } from './empty';

it('takes a store for empty only where no kind has anything', () => {
  expect(empty({ kinds: {} })).toBe(true);
  expect(empty({ kinds: { unit: 0, organization: 0 } })).toBe(true);
  expect(empty({ kinds: { unit: 0, organization: 1 } })).toBe(false);
});
