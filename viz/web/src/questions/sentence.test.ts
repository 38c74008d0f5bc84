import { afterEach, expect, it } from 'vitest';
import { language } from '../texts';
import { examples } from './examples';
import { sentence } from './sentence';

afterEach(() => (language.value = 'en'));

it('says in both languages what is asked, without a blank that nothing filled', () => {
  for (const lang of ['en', 'zh'] as const) {
    language.value = lang;
    for (const { some } of examples) {
      for (const { draft } of some) {
        const said = sentence({ ...draft, in: '420106007' }, '珞南街道');
        expect(said).not.toMatch(/[{}]|undefined/);
        expect(said).toContain('珞南街道');
      }
    }
  }
});
it('names conditions, comparisons and those that must not be there', () => {
  language.value = 'en';
  const [planner, auditor] = examples;
  expect(sentence(planner?.some[0]?.draft ?? { kind: 'unit', where: [], related: [], show: [] })).toContain('formal members ≥ 3');
  expect(sentence(auditor?.some[1]?.draft ?? { kind: 'unit', where: [], related: [], show: [] })).toContain('no ');
});
