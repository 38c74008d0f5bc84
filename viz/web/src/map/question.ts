/** What a view of the map is asked for, as the address holds it and as the service is asked. */
import type { Held } from '../state/address';
import type { Schemas } from '../api/client';

export const LAYOUTS = ['geographic', 'network'] as const;
/** By what a map is coloured and filtered. */
export const COLOURS = ['coverage', 'type', 'line', 'sector', 'status', 'finding', 'group', 'community'] as const;
/** By what it is coloured. */
export const COLOURINGS = [...COLOURS, 'degree', 'core'] as const;
export const SIZES = ['same', 'degree', 'core'] as const;
export type Size = (typeof SIZES)[number];
export type Layout = (typeof LAYOUTS)[number];
export type Colour = (typeof COLOURS)[number];
export type Colouring = (typeof COLOURINGS)[number];
export type Kind = 'organization' | 'unit';
export type Box = readonly [number, number, number, number];
export type Wanted = Readonly<Partial<Record<Colour, readonly string[]>>>;
export type Opens = Pick<Schemas['Opens'], 'at' | 'in'>;

export interface Question {
  readonly in: string | null;
  readonly at: string | null;
  /** Only what lies in it, in the layout's own coordinates. */
  readonly box: Box | null;
  readonly layout: Layout;
  readonly colour: Colouring;
  readonly kind: Kind | null;
  readonly wanted: Wanted;
  /** The job whose plan proposes units; null: the newest. */
  readonly plan: string | null;
  readonly date: string | null;
  /** Whether all the way down to organizations and units, however large what holds them is. */
  readonly rows: boolean;
  /** Mark what came after this import. */
  readonly since: number | null;
  /** By what organizations and units are large. */
  readonly size: Size;
  /** The mark that is selected. */
  readonly chosen: string | null;
}

export const WHOLE: Question = {
  in: null, at: null, box: null, layout: 'geographic', colour: 'coverage', kind: null, wanted: {}, plan: null, date: null, rows: false, since: null, size: 'same', chosen: null,
};

function one<T extends string>(text: string | undefined, of: readonly T[]): T | null {
  return of.find((known) => known === text) ?? null;
}

function dated(text: string | undefined): string | null {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : null;
}

function boxOf(text: string | undefined): Box | null {
  const found = (text ?? '').split(',').map(Number);
  const [a, b, c, d] = found;
  if (found.length !== 4 || a === undefined || b === undefined || c === undefined || d === undefined) return null;
  return found.every(Number.isFinite) && a <= c && b <= d ? [a, b, c, d] : null;
}

function list(text: string | undefined): string[] {
  try {
    return (text ?? '').split(',').filter(Boolean).map(decodeURIComponent);
  } catch {
    return []; // a broken escape
  }
}

/** The question that an address holds; what it does not know it leaves out. */
export function read(held: Held): Question {
  const wanted: Partial<Record<Colour, string[]>> = {};
  for (const name of COLOURS) {
    const values = list(held[name]);
    if (values.length) wanted[name] = values;
  }
  return {
    in: held['in'] ?? null,
    at: held['at'] ?? null,
    box: boxOf(held['box']),
    layout: one(held['layout'], LAYOUTS) ?? 'geographic',
    colour: one(held['colour'], COLOURINGS) ?? 'coverage',
    kind: one(held['kind'], ['organization', 'unit'] as const),
    wanted,
    plan: /^[\w-]{1,64}$/.test(held['plan'] ?? '') ? (held['plan'] ?? null) : null,
    date: dated(held['as_of'] ?? held['date']), // older links say `date`
    rows: held['rows'] === '1',
    size: one(held['size'], SIZES) ?? 'same',
    since: /^\d{1,9}$/.test(held['since'] ?? '') ? Number(held['since']) : null,
    chosen: held['chosen'] ?? null,
  };
}

/** What the address holds of a question: nothing that goes without saying. */
export function hold(question: Question): Held {
  const out: Record<string, string> = {};
  if (question.in !== null) out['in'] = question.in;
  if (question.at !== null) out['at'] = question.at;
  if (question.box) out['box'] = question.box.join(',');
  if (question.layout !== 'geographic') out['layout'] = question.layout;
  if (question.colour !== 'coverage') out['colour'] = question.colour;
  if (question.kind !== null) out['kind'] = question.kind;
  for (const name of COLOURS) {
    const values = question.wanted[name];
    if (values?.length) out[name] = values.map(encodeURIComponent).join(',');
  }
  if (question.plan !== null) out['plan'] = question.plan;
  if (question.date !== null) out['as_of'] = question.date;
  if (question.rows) out['rows'] = '1';
  if (question.size !== 'same') out['size'] = question.size;
  if (question.since !== null) out['since'] = String(question.since);
  if (question.chosen !== null) out['chosen'] = question.chosen;
  return out;
}

/** The path, with its query, that asks the service. What is selected is no part of it. */
export function path(question: Question): string {
  const asked = new URLSearchParams();
  if (question.in !== null) asked.set('in', question.in);
  if (question.at !== null) asked.set('at', question.at);
  if (question.box) {
    asked.set('box', question.box.join(','));
    asked.set('layout', question.layout);
  }
  asked.set('colour', question.colour);
  if (question.kind !== null) asked.set('kind', question.kind);
  for (const name of COLOURS) for (const value of question.wanted[name] ?? []) asked.append(name, value);
  if (question.plan !== null && (question.colour === 'group' || question.wanted.group)) asked.set('plan', question.plan);
  if (question.date !== null) asked.set('as_of', question.date);
  if (question.rows) asked.set('level', 'organization');
  if (question.since !== null) asked.set('since', String(question.since));
  asked.set('limit', '1000');
  return `/view?${asked.toString()}`;
}

/** The same question of what a mark holds. */
export function inside(question: Question, opens: Opens): Question {
  return { ...question, in: opens.in ?? null, at: opens.at ?? null, box: null, rows: false, chosen: null };
}

/** A value among those that are wanted, or no more. */
export function toggled(wanted: Wanted, name: Colour, value: string): Wanted {
  const values = wanted[name] ?? [];
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  const others = Object.fromEntries(Object.entries(wanted).filter(([other]) => other !== name)) as Wanted;
  return next.length ? { ...others, [name]: next } : others;
}

/** Whether a colour is one to filter by. */
export function filters(colour: Colouring): colour is Colour {
  return COLOURS.some((one) => one === colour);
}

export function filtered(question: Question): boolean {
  return question.kind !== null || Object.keys(question.wanted).length > 0;
}
