/** The two languages: one signal, two catalogues with the same keys (a test), and the kinds' names from the schema. */
import vocabulary from '../generated/vocabulary.json';
import { Signal, useSignal } from '../state/signal';
import { read, write } from '../state/kept';
import { en, zh } from './catalogues';

export type Language = 'en' | 'zh';
export type Key = keyof typeof en;

const catalogues: Record<Language, Record<Key, string>> = { en, zh };

function first(): Language {
  const kept = read('language');
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith('en') ? 'en' : 'zh';
}

export const language = new Signal<Language>(typeof navigator === 'undefined' ? 'en' : first());

export function speak(lang: Language): void {
  write('language', lang);
  language.value = lang;
}

/** Renders anew when the language changes. */
export function useLanguage(): Language {
  return useSignal(language);
}

type Blanks = Record<string, string | number>;

/** A text of the catalogue with its blanks filled: `{name}`. */
export function t(key: Key, blanks?: Blanks): string {
  return textIn(language.value, key, blanks);
}

/** What is said in each language, for what is kept while the language may change. */
export function inBoth<T>(say: (text: (key: Key, blanks?: Blanks) => string, lang: Language) => T): Record<Language, T> {
  const of = (lang: Language) => say((key, blanks) => textIn(lang, key, blanks), lang);
  return { en: of('en'), zh: of('zh') };
}

function textIn(lang: Language, key: Key, blanks: Blanks = {}): string {
  return catalogues[lang][key].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = blanks[name];
    return value === undefined ? whole : String(value);
  });
}

export function number(n: number): string {
  // seven decimals: a degree of a coordinate to the centimetre
  return n.toLocaleString(language.value === 'zh' ? 'zh-CN' : 'en', { maximumFractionDigits: 7 });
}

/**
 * A part of a whole in percent; a dash where there is no whole, or nobody knows. What is not nothing and not all never reads as if it
 * were.
 */
export function percent(part: number | null | undefined, whole = 1, digits = 1): string {
  if (part === null || part === undefined || !whole) return '–';
  const share = part / whole;
  const least = 10 ** -(digits + 2);
  const written = (one: number) => one.toLocaleString(language.value === 'zh' ? 'zh-CN' : 'en', { style: 'percent', maximumFractionDigits: digits });
  if (share > 0 && share < least / 2) return `<${written(least)}`;
  if (share < 1 && share >= 1 - least / 2) return `>${written(1 - least)}`;
  return written(share);
}

interface Named {
  zh: string;
  en: string;
}
export interface Look extends Named {
  colour: string;
  dark: string;
  path: string;
  size: number;
}
export interface Stroke extends Named {
  reverse_zh: string;
  reverse_en: string;
  colour: string;
  dark: string;
  width: number;
  dashes: number[];
}

export const kinds = vocabulary.kinds as Record<string, Look>;
export const edges = vocabulary.edges as Record<string, Stroke>;

export function kindName(kind: string): string {
  return kinds[kind]?.[language.value] ?? kind;
}

/** A relation's name as its source says it, or its target. */
export function edgeName(kind: string, direction: 'in' | 'out' = 'out'): string {
  const found = edges[kind];
  if (!found) return kind;
  return direction === 'out' ? found[language.value] : language.value === 'zh' ? found.reverse_zh : found.reverse_en;
}

interface PropertyNames extends Named {
  /** Values that are the program's own words; a ledger's are shown as they are. */
  values?: Record<string, Named>;
}
const properties = vocabulary.properties as Record<string, Record<string, PropertyNames>>;

/** What a property of a kind is called; itself where the kind has none of that name. */
export function propertyName(kind: string, property: string): string {
  return properties[kind]?.[property]?.[language.value] ?? property;
}

/** What a value of a kind's property is called. */
export function valueName(kind: string, property: string, value: string): string {
  return properties[kind]?.[property]?.values?.[value]?.[language.value] ?? value;
}

/** What the property is called that a relation was read from, which is one of either end or of a record beside them. */
export function viaName(via: string, ends: readonly string[]): string {
  const kind = [...ends, ...Object.keys(properties)].find((one) => properties[one]?.[via]);
  return kind === undefined ? via : propertyName(kind, via);
}
