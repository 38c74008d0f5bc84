/**
 * A draft of joint units: a plan's groups of one ledger unit, and what somebody has done to them since, step by step. The steps are
 * what is held (in the address, so that back, forward and reload work); groups and decisions follow from them.
 */
export interface PlanEntry {
  id: string;
  name: string;
  status: string;
  objective: number;
  gap: number;
  joint: PlanJoint[];
  attached: { organization: string; unit: string; cost: number; why: Words; form: string }[];
  uncovered: { organization: string; reason: Words; fallback: Words }[];
  separate: { organization: string }[];
  work_coverage: { organization: string }[];
  moved?: { organization: string; before: Place; after: Place }[];
}
export interface PlanJoint {
  id: string;
  organizations: string[];
  method: string;
  form: string;
  anchor: string | null;
  formal_members: number;
  fragile: boolean;
  cost: number;
  why: Words;
}
interface Place {
  as: string;
  unit: string | null;
}
export interface Words {
  zh: string;
  en: string;
}
export interface Constraints {
  pin: string[][];
  forbid: string[][];
  accept: string[][];
}
export interface Plan {
  as_of: string;
  parameters: Record<string, unknown>;
  constraints: Constraints;
  totals: Record<string, unknown>;
  ledger_units: PlanEntry[];
}

export type Word = 'pin' | 'forbid' | 'accept';
export type Action = { do: 'move'; who: string[]; to: string } | { do: Word; set: string[] } | { do: 'drop'; word: Word; set: string[] };
export interface Group {
  /** A joint unit's code in the plan, `unit:CODE` for an existing one, `alone`, or `new:CODE`, by who came first. */
  key: string;
  organizations: string[];
  /** The existing unit that these are attached to. */
  unit: string | null;
  changed: boolean;
}

export const ALONE = 'alone';
const HOST = 'unit:';
const NEW = 'new:';

/** The groups of a plan's ledger unit: joint units, attachments by unit, and those left on their own. */
export function groupsOf(entry: PlanEntry): Group[] {
  const hosts = new Map<string, string[]>();
  for (const { organization, unit } of entry.attached) hosts.set(unit, [...(hosts.get(unit) ?? []), organization]);
  return [
    ...entry.joint.map(({ id, organizations }) => ({ key: id, organizations: [...organizations], unit: null, changed: false })),
    ...[...hosts].map(([unit, organizations]) => ({ key: HOST + unit, organizations, unit, changed: false })),
    { key: ALONE, organizations: entry.uncovered.map(({ organization }) => organization), unit: null, changed: false },
  ];
}

/** A name for a group that there is not yet. */
function fresh(groups: readonly Group[], first: string): string {
  let key = NEW + first;
  while (groups.some((group) => group.key === key)) key += '+';
  return key;
}

/** The groups once the moves are made; a move of whom the ledger unit does not have, or to nowhere, does nothing. */
export function moved(groups: readonly Group[], actions: readonly Action[]): Group[] {
  let now = groups.map((group) => ({ ...group }));
  const known = new Set(groups.flatMap(({ organizations }) => organizations));
  actions.forEach((action) => {
    if (action.do !== 'move') return;
    const who = action.who.filter((code) => known.has(code));
    // a step that is taken back changes no other step's group: names don't count steps, and a group is made by whoever comes first
    const to = action.to === 'new' ? fresh(now, who[0] ?? '') : action.to;
    if (!who.length || !(to.startsWith(NEW) || to.startsWith(HOST) || now.some(({ key }) => key === to))) return;
    if (!now.some(({ key }) => key === to)) now.push({ key: to, organizations: [], unit: to.startsWith(HOST) ? to.slice(HOST.length) : null, changed: true });
    now = now.map((group) => {
      const others = group.organizations.filter((code) => !who.includes(code));
      const organizations = group.key === to ? [...others, ...who] : others;
      const same = organizations.length === group.organizations.length && organizations.every((code) => group.organizations.includes(code));
      return same ? group : { ...group, organizations, changed: true };
    });
  });
  return now.filter(({ key, organizations, changed }) => organizations.length > 0 || key === ALONE || changed);
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((code) => b.includes(code));
const add = (sets: string[][], set: readonly string[]) => (sets.some((one) => same(one, set)) ? sets : [...sets, [...set]]);

/**
 * What a plan from here is bound by: the decisions that the former one kept, those taken since, and where organizations were moved:
 * with their new companions, to their unit, or apart from those that they were with.
 */
export function decided(former: Constraints, entry: PlanEntry | null, actions: readonly Action[]): Constraints {
  let now: Constraints = { pin: former.pin, forbid: former.forbid, accept: former.accept };
  for (const action of actions) {
    if (action.do === 'move') continue;
    if (action.do === 'drop') now = { ...now, [action.word]: now[action.word].filter((set) => !same(set, action.set)) };
    else now = { ...now, [action.do]: add(now[action.do], action.set) };
  }
  if (!entry) return now;
  const before = groupsOf(entry);
  const after = moved(before, actions);
  const was = new Map(before.flatMap((group) => group.organizations.map((code) => [code, group] as const)));
  for (const group of after) {
    const come = group.organizations.filter((code) => was.get(code)?.key !== group.key);
    if (group.unit !== null) for (const code of come) now = { ...now, pin: add(now.pin, [code, group.unit]) };
    else if (group.key === ALONE) {
      for (const code of come) {
        const left = was.get(code);
        if (left?.unit) now = { ...now, forbid: add(now.forbid, [code, left.unit]) };
        else for (const other of left?.organizations ?? []) if (other !== code) now = { ...now, forbid: add(now.forbid, [code, other].sort()) };
      }
    } else if (come.length > 0 && group.organizations.length > 1) {
      const gone = new Set(group.organizations);
      // what was pinned in part goes with the whole
      now = { ...now, pin: add(now.pin.filter((set) => !set.every((code) => gone.has(code))), [...group.organizations].sort()) };
    }
  }
  return now;
}

/** Steps as the address holds them. */
export function written(actions: readonly Action[]): string {
  return actions.length ? JSON.stringify(actions) : '';
}

/** Steps from an address; nothing where it holds none that make sense. */
export function read(text: string | undefined): Action[] {
  if (!text) return [];
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(found) ? found.filter(sound) : [];
}

function codes(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
}

const WORDS: readonly unknown[] = ['pin', 'forbid', 'accept'];

function sound(value: unknown): value is Action {
  if (typeof value !== 'object' || value === null) return false;
  const one = value as Record<string, unknown>;
  if (one['do'] === 'move') return codes(one['who']) && typeof one['to'] === 'string';
  if (one['do'] === 'drop') return WORDS.includes(one['word']) && codes(one['set']);
  return WORDS.includes(one['do']) && codes(one['set']);
}
