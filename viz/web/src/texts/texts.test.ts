import { describe, expect, it } from 'vitest';
import { edges, kinds, language, t } from '.';
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
