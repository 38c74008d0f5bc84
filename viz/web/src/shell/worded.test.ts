import { expect, it } from 'vitest';
import { inBoth, language } from '../texts';
import { spoken, spokenInBoth, worded } from './worded';

it('says a problem in the language that is read now, also one that was had in the other', () => {
  const both = { en: { title: 'Unknown code', detail: 'U9: none' }, zh: { title: '没有这个代码', detail: 'U9：没有' } };
  const problem = { code: 'unknown_id', status: 404, title: 'Unknown code', detail: 'U9: none; `lianjian find U9`', both };
  language.value = 'zh';
  expect(worded(problem)).toEqual(both.zh);
  language.value = 'en';
  expect(worded(problem)).toEqual(both.en);
  expect(worded({ code: 'unreachable', status: 0, title: '', detail: '' }).detail).toContain('does not answer');
  expect(inBoth((text) => text('wait'))).toEqual({ en: 'Asking …', zh: expect.stringContaining('…') as string });
});

it('says a problem in each language where it is kept beside what is said in both', () => {
  const both = { en: { title: 'Unknown code', detail: 'U9: none' }, zh: { title: '没有这个代码', detail: '' } };
  const problem = { code: 'unknown_id', status: 404, title: 'Unknown code', detail: 'U9: none; `lianjian find U9`', both };
  expect(spokenInBoth(problem)).toEqual({ en: 'U9: none', zh: '没有这个代码' });
  const silent = spokenInBoth({ code: 'unreachable', status: 0, title: '', detail: '' });
  expect(silent.en).toContain('does not answer');
  expect(silent.zh).toMatch(/^[^a-z]+$/);
  language.value = 'zh';
  expect(spoken(problem)).toBe('没有这个代码');
});
