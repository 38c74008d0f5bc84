/** Two organizations side by side: what both say, what differs first. */
import type { Schemas } from '../api/client';

type Values = Pick<Schemas['Dossier'], 'values'>;
export interface PairLine {
  property: string;
  label: { zh: string; en: string };
  a: unknown;
  b: unknown;
  differs: boolean;
}
const WEIGHTS = [
  'same_body', 'near_code', 'same_name', 'same_shop_name', 'near_shop_name', 'common_shop_name', 'same_address',
  'near_address', 'same_building', 'same_street', 'other_district', 'same_division', 'other_section', 'other_line',
] as const; // prettier-ignore
export type Weight = (typeof WEIGHTS)[number];

export function weightKey(what: string): Weight | null {
  return WEIGHTS.find((one) => one === what) ?? null;
}

export function pairValues(a: Values, b: Values): PairLine[] {
  const lines = new Map<string, PairLine>();
  for (const [side, found] of [['a', a], ['b', b]] as const) {
    for (const { property, label, value } of found.values) {
      const line = lines.get(property) ?? { property, label, a: null, b: null, differs: false };
      line[side] = value;
      lines.set(property, line);
    }
  }
  // one that says nothing contradicts nobody
  for (const line of lines.values()) line.differs = line.a !== null && line.b !== null && JSON.stringify(line.a) !== JSON.stringify(line.b);
  return [...lines.values()].sort((x, y) => Number(y.differs) - Number(x.differs));
}
