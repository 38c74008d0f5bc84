import { expect, it } from 'vitest';
import { begun, isComing, shownOf, type Asked } from './asked';

const problem = { code: 'store', status: 503, title: '', detail: '' };

it('keeps what is shown while the same is asked again, also where that failed, and nothing of another question', () => {
  const answered: Asked<string> = { is: 'answered', answer: 'a', again: false };
  expect(begun(answered, true)).toEqual({ is: 'answered', answer: 'a', again: true });
  expect(begun({ is: 'failed', problem, former: 'a' }, true)).toEqual({ is: 'answered', answer: 'a', again: true });
  expect(begun({ is: 'failed', problem, former: null }, true)).toEqual({ is: 'asking' });
  expect(begun(answered, false)).toEqual({ is: 'asking' });
  expect([answered, begun(answered, true), begun(answered, false)].map(isComing)).toEqual([false, true, true]);
  expect(shownOf({ is: 'failed', problem, former: 'a' })).toBe('a');
});
