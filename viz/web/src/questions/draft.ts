/**
 * A question while it is built: as the address holds it, with conditions that have no value yet. What is complete of it is asked.
 * Whatever the address says is only taken as far as the vocabulary has it.
 */
import type { Schemas } from '../api/client';
import { askedKinds, most, property, properties, ways, type Operator, type Property, type Way } from './vocabulary';

export type Scalar = string | number | boolean;
export interface Condition {
  property: string;
  is: Operator;
  value?: Scalar | (Scalar | null)[];
}
export interface Part {
  kind: string;
  where: Condition[];
  related: Step[];
}
export interface Step extends Part, Way {
  /** How many there have to be; 0: none may be. */
  least: number;
}
export interface Draft extends Part {
  in?: string;
  as_of?: string;
  order?: { by: string; descending: boolean };
  show: string[];
}
export type Asked = Schemas['Pattern'];

export function blank(kind = 'organization'): Draft {
  return { kind, where: [], related: [], show: [] };
}

/** A condition to begin with: the first that can be asked of a property. */
export function condition(kind: string, name: string): Condition {
  const found = property(kind, name) ?? properties(kind)[0];
  const is = found?.type === 'int' && found.operators.includes('>=') ? '>=' : (found?.operators[0] ?? '=');
  const made: Condition = { property: found?.name ?? 'key', is };
  if (found?.type === 'bool') made.value = true;
  return made;
}

export function step(way: Way): Step {
  return { ...way, least: 1, where: [], related: [] };
}

/** The same condition with another operator: its value stays where it can. */
export function compared(found: Condition, is: Operator): Condition {
  const made: Condition = { property: found.property, is };
  const value = found.value;
  const first = Array.isArray(value) ? value[0] : value;
  if (is === 'known' || is === 'unknown') return made;
  if (is === 'in') made.value = Array.isArray(value) ? value.filter((one) => one !== null) : value === undefined ? [] : [value];
  else if (is === 'between') made.value = Array.isArray(value) ? [value[0] ?? null, value[1] ?? null] : [value ?? null, null];
  else if (first !== undefined && first !== null) made.value = first;
  return made;
}

function fits(found: Property, value: unknown): boolean {
  switch (found.type) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'float':
      return typeof value === 'number' && Number.isFinite(value);
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
    default:
      return typeof value === 'string' && value.trim() !== '';
  }
}

/** Whether a condition can be asked as it stands. */
export function complete(kind: string, said: Condition): boolean {
  const found = property(kind, said.property);
  if (!found?.operators.includes(said.is)) return false;
  if (said.is === 'known' || said.is === 'unknown') return true;
  if (said.is === 'in') return Array.isArray(said.value) && said.value.length > 0 && said.value.every((one) => fits(found, one));
  if (said.is === 'between') {
    const [low, high] = Array.isArray(said.value) ? said.value : [];
    return fits(found, low) && fits(found, high) && (low ?? 0) <= (high ?? 0);
  }
  return fits(found, said.value);
}

/** How many conditions are not complete yet. */
export function lacking(part: Part): number {
  return part.where.filter((one) => !complete(part.kind, one)).length + part.related.reduce((n, one) => n + lacking(one), 0);
}

/** Whether a question names what the survey alone tells, in any condition, its order, or to be shown. */
export function surveyed(draft: Draft): boolean {
  const told = (kind: string, name: string) => property(kind, name)?.surveyed === true;
  const within = (part: Part): boolean => part.where.some((one) => told(part.kind, one.property)) || part.related.some(within);
  return within(draft) || draft.show.some((name) => told(draft.kind, name)) || (draft.order !== undefined && told(draft.kind, draft.order.by));
}

export function steps(part: Part): number {
  return part.related.reduce((n, one) => n + 1 + steps(one), 0);
}

export function conditions(part: Part): number {
  return part.related.reduce((n, one) => n + conditions(one), part.where.length);
}

type Body = Pick<Asked, 'kind' | 'where' | 'related'>;

function bodyOf(part: Part): Body {
  const where = part.where.filter((one) => complete(part.kind, one)).map((one) => ({ ...one, value: one.value ?? null }));
  return { kind: part.kind, where, related: part.related.map(stepOf) };
}

function stepOf(said: Step): Schemas['PatternStep'] {
  const how = said.least === 0 ? { none: true } : { at_least: said.least };
  return { relation: said.relation, direction: said.direction, ...bodyOf(said), ...how } as Schemas['PatternStep'];
}

/** What of a draft is asked. */
export function asked(draft: Draft): Record<string, unknown> {
  const trimmed = draft.in?.trim();
  return {
    ...bodyOf(draft),
    ...(trimmed && { in: trimmed }),
    ...(draft.as_of && { as_of: draft.as_of }),
    ...(draft.order && { order: draft.order }),
    ...(draft.show.length > 0 && { show: draft.show }),
  };
}

// -- from an address, or from a question that was saved ---------------------------------------------------------------
type Said = Record<string, unknown>;

function isObject(value: unknown): value is Said {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function scalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function partOf(said: Said, kind: string, left: { steps: number; conditions: number }): Part {
  const where: Condition[] = [];
  for (const one of list(said['where'])) {
    if (!isObject(one)) continue;
    const found = property(kind, String(one['property']));
    const is = found?.operators.find((known) => known === one['is']);
    if (!found || !is || left.conditions-- <= 0) continue;
    const value = one['value'];
    const made: Condition = { property: found.name, is };
    if (Array.isArray(value)) made.value = value.map((v: unknown) => (scalar(v) ? v : null));
    else if (scalar(value)) made.value = value;
    where.push(made);
  }
  const related: Step[] = [];
  for (const one of list(said['related'])) {
    if (!isObject(one)) continue;
    const direction = one['direction'] ?? 'out';
    const way = ways(kind).find((w) => w.relation === one['relation'] && w.direction === direction && w.kind === one['kind']);
    if (!way || left.steps-- <= 0) continue;
    const least = one['none'] === true ? 0 : (one['at_least'] ?? one['least'] ?? 1);
    related.push({ ...partOf(one, way.kind, left), ...way, least: Number.isInteger(least) ? Math.min(Math.max(Number(least), 0), 1000) : 1 });
  }
  return { kind, where, related };
}

/** The draft that a question means; nothing where it means none. */
export function draftOf(said: unknown): Draft | null {
  if (!isObject(said)) return null;
  const kind = askedKinds.find((known) => known === said['kind']);
  if (!kind) return null;
  const made: Draft = { ...partOf(said, kind, { steps: most.steps, conditions: most.conditions }), show: [] };
  if (typeof said['in'] === 'string' && said['in']) made.in = said['in'].slice(0, 200);
  if (typeof said['as_of'] === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(said['as_of'])) made.as_of = said['as_of'];
  const order = said['order'];
  if (isObject(order)) {
    const by = property(kind, String(order['by']));
    if (by && by.type !== 'list') made.order = { by: by.name, descending: order['descending'] === true };
  }
  made.show = list(said['show']).filter((name): name is string => typeof name === 'string' && property(kind, name) !== undefined && name !== 'key' && name !== 'name').slice(0, most.shown);
  return made;
}

/** As the address holds it: defaults are left out, so that links stay short. */
export function written(draft: Draft): string {
  const bare = (part: Part): Said => ({
    kind: part.kind,
    ...(part.where.length > 0 && { where: part.where }),
    ...(part.related.length > 0 && {
      related: part.related.map((one) => ({
        relation: one.relation,
        direction: one.direction,
        ...bare(one),
        ...(one.least === 0 ? { none: true } : one.least > 1 && { at_least: one.least }),
      })),
    }),
  });
  const { in: within, as_of, order, show } = draft;
  return JSON.stringify({ ...bare(draft), ...(within && { in: within }), ...(as_of && { as_of }), ...(order && { order }), ...(show.length > 0 && { show }) });
}

export function read(text: string | undefined): Draft | null {
  if (text === undefined) return null;
  try {
    return draftOf(JSON.parse(text));
  } catch {
    return null; // an address that somebody wrote by hand
  }
}
