/** What the desk holds in its address: which part of it is shown, the filters of its list, which finding is open. */
import type { Held } from '../state/address';

export const PARTS = ['findings', 'checked', 'changes', 'duplicates'] as const;
export type Part = (typeof PARTS)[number];
export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];
export const STATES = ['open', 'confirmed', 'repaired', 'dismissed'] as const;
export type State = (typeof STATES)[number];

export interface Filters {
  code: string[];
  severity: string[];
  /** None is all of them. */
  state: string[];
  district: string | null;
  street: string | null;
  text: string;
}

/** The desk opens on what is still to be done. */
const TODO: readonly string[] = ['open'];
const ALL = 'all';

export function part(held: Held): Part {
  return PARTS.find((one) => one === held['part']) ?? 'findings';
}

function several(text: string | undefined): string[] {
  return [...new Set((text ?? '').split(',').filter(Boolean))];
}

function place(text: string | undefined): string | null {
  return text ? text.slice(0, 200) : null;
}

export function filters(held: Held): Filters {
  const said = held['state'];
  const states = several(said).filter((one) => STATES.some((known) => known === one));
  return {
    code: several(held['code']).filter((one) => /^[a-z0-9_]{1,60}$/.test(one)),
    severity: several(held['severity']).filter((one) => SEVERITIES.some((known) => known === one)),
    state: said === ALL ? [] : states.length ? states : [...TODO],
    district: place(held['district']),
    street: place(held['street']),
    text: (held['text'] ?? '').slice(0, 200),
  };
}

/** What an address holds of filters, and of what else it held that is no filter. */
export function holding(found: Filters, others: Held = {}): Record<string, string> {
  const out: Record<string, string> = { ...others };
  for (const name of ['code', 'severity', 'state', 'district', 'street', 'text']) Reflect.deleteProperty(out, name);
  if (found.code.length) out['code'] = found.code.join(',');
  if (found.severity.length) out['severity'] = found.severity.join(',');
  if (!found.state.length || found.state.length === STATES.length) out['state'] = ALL;
  else if (found.state.join() !== TODO.join()) out['state'] = found.state.join(',');
  if (found.district) out['district'] = found.district;
  if (found.district && found.street) out['street'] = found.street;
  if (found.text.trim()) out['text'] = found.text.trim();
  return out;
}

/** One value of a facet more, or less. */
export function toggled(found: readonly string[], value: string): string[] {
  return found.includes(value) ? found.filter((one) => one !== value) : [...found, value];
}

/** How many filters narrow the list beyond what it opens on. */
export function narrowing(found: Filters): number {
  const states = found.state.join() === TODO.join() ? 0 : 1;
  return found.code.length + found.severity.length + states + (found.district ? 1 : 0) + (found.street ? 1 : 0) + (found.text.trim() ? 1 : 0);
}

/** The question to the service: values of one facet stand beside each other. */
export function asked(found: Filters, more: Record<string, string | number> = {}): string {
  const query = new URLSearchParams();
  for (const name of ['code', 'severity', 'state'] as const) for (const value of found[name]) query.append(name, value);
  if (found.district) query.set('district', found.district);
  if (found.street) query.set('street', found.street);
  if (found.text.trim()) query.set('text', found.text.trim());
  for (const [name, value] of Object.entries(more)) query.set(name, String(value));
  return `/findings?${query.toString()}`;
}
