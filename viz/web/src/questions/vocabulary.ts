/** What questions are built of, as `viz/vocabulary.py` writes it: properties and operators by kind, relations, limits. */
import generated from '../generated/questions.json';
import type { Schemas } from '../api/client';
import { edgeName, kindName, language } from '../texts';

export type Operator = Schemas['PatternCondition']['is'];
export type ValueType = Schemas['Asked']['type'];
export interface Word {
  value: string;
  zh: string;
  en: string;
}
export interface Property {
  name: string;
  type: ValueType;
  zh: string;
  en: string;
  derived: boolean;
  /** The survey alone tells it. */
  surveyed: boolean;
  operators: Operator[];
  values: Word[];
  leads: string[];
}
export interface Way {
  relation: string;
  direction: 'in' | 'out';
  kind: string;
}

const all = generated as {
  properties: Record<string, Property[]>;
  relations: Record<string, { source: string[]; target: string[] }>;
  most: { steps: number; conditions: number; shown: number };
};

export const most = all.most;
/** Kinds, the two that most questions are about first. */
export const askedKinds: readonly string[] = ['organization', 'unit', ...Object.keys(all.properties).filter((k) => k !== 'organization' && k !== 'unit')];

export function properties(kind: string): readonly Property[] {
  return all.properties[kind] ?? [];
}

export function property(kind: string, name: string): Property | undefined {
  return properties(kind).find((one) => one.name === name);
}

/** Where steps from a kind may lead. */
export function ways(kind: string): Way[] {
  const out: Way[] = [];
  for (const [relation, { source, target }] of Object.entries(all.relations)) {
    if (source.includes(kind)) for (const other of target) out.push({ relation, direction: 'out', kind: other });
    if (target.includes(kind)) for (const other of source) out.push({ relation, direction: 'in', kind: other });
  }
  return out;
}

export function propertyName(found: Property): string {
  return found[language.value];
}

export function wayName(way: Way): string {
  const verb = edgeName(way.relation, way.direction);
  return language.value === 'zh' ? `${verb}${kindName(way.kind)}` : `${verb} ${kindName(way.kind)}`;
}

/** A value's word in the language: of a closed list its name, of a truth yes or no, else itself. */
export function wordOf(found: Property | undefined, value: unknown, yes: string, no: string): string {
  if (value === true) return yes;
  if (value === false) return no;
  if (Array.isArray(value)) return value.map((one) => wordOf(found, one, yes, no)).join('、');
  const word = found?.values.find((one) => one.value === value);
  return word ? word[language.value] : String(value);
}
