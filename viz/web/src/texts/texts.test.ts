import { describe, expect, it } from 'vitest';
import { edges, kinds, language, percent, t } from '.';
import { en, parts, zh } from './catalogues';

const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();

describe('the two languages', () => {
  it('have the same keys, each with the same blanks, and no text that is empty', () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      const other = zh[key as keyof typeof zh];
      expect(blanks(other), key).toEqual(blanks(text));
      expect(text && other, key).toBeTruthy();
    }
  });
  it('have each text in one part only', () => {
    const keys = parts.flatMap(([one]) => Object.keys(one));
    expect(keys.length).toBe(new Set(keys).size);
    expect(keys.sort()).toEqual(Object.keys(en).sort());
  });
  it('name every kind of the schema that is drawn, with a shape', () => {
    for (const look of Object.values(kinds)) {
      expect(look.zh && look.en && look.path).toBeTruthy();
    }
    expect(Object.keys(edges)).toContain('SUBORDINATE_TO');
  });
  it('fill blanks with text as it is, once', () => {
    language.value = 'en';
    expect(t('chain.ends', { names: '{names} $& <b>' })).toBe('The chain ends at: {names} $& <b>');
  });
});

describe('percent', () => {
  it('are rounded, and never read as nothing or all where there is something or not all', () => {
    language.value = 'en';
    expect([percent(1, 3), percent(0, 3), percent(3, 3), percent(0.0021, 1, 3)]).toEqual(['33.3%', '0%', '100%', '0.21%']);
    expect([percent(1e-9), percent(9_999_999, 10_000_000), percent(8e-9, 1, 3)]).toEqual(['<0.1%', '>99.9%', '<0.001%']);
    expect([percent(null), percent(undefined), percent(1, 0)]).toEqual(['–', '–', '–']);
  });
});
