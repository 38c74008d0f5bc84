/**
 * What is drawn around an entity. Each opened node's neighbours are known in groups (relation, direction, kind) with their counts;
 * of a group only so many are shown until more are asked for, and never more than {@link MOST} in all: no supernode floods the page.
 */
import type { Schemas } from '../api/client';

type Node = Schemas['Connected']['nodes'][number];

export interface Thing {
  key: string;
  id: string;
  kind: string;
  name: string;
  type: string | null;
}
export interface Link {
  key: string;
  from: string;
  to: string;
  kind: string;
  via: string | null;
}
export interface Group {
  key: string;
  edge: string;
  direction: 'in' | 'out';
  kind: string;
  /** Those that the page knows: the first {@link MOST} at most. */
  members: readonly string[];
  /** How many there are. */
  total: number;
}
export interface Neighbourhood {
  focus: string;
  things: ReadonlyMap<string, Thing>;
  links: ReadonlyMap<string, Link>;
  /** Groups of each opened node. */
  groups: ReadonlyMap<string, readonly Group[]>;
  shown: ReadonlySet<string>;
}

/** Shown of a group when its node is opened. */
export const FIRST = 12;
/** Added by asking for more. */
export const STEP = 48;
/** Nodes on a page at most. */
export const MOST = 300;

export const keyOf = (kind: string, id: string): string => `${kind}:${id}`;

/** Known facts of one answer: things by key, links, and the groups around its node. */
export function facts(answer: Schemas['Connected']): { focus: string; things: Map<string, Thing>; links: Map<string, Link>; groups: Group[] } {
  const named = new Map<string, Node>();
  const missing = new Map<string, Node>();
  for (const node of answer.nodes) {
    if (node.kind === 'missing') missing.set(node.id, node);
    else named.set(keyOf(node.kind, node.id), node);
  }
  const things = new Map<string, Thing>();
  const take = (kind: string, id: string): string => {
    const key = keyOf(kind, id);
    const known = named.get(key);
    const node = known ?? missing.get(id);
    if (!things.has(key)) things.set(key, { key, id, kind: known ? kind : 'missing', name: node?.name ?? id, type: node?.type ?? null });
    return key;
  };
  const focus = take(answer.kind, answer.id);
  const links = new Map<string, Link>();
  const groups = new Map<string, Omit<Group, 'members' | 'total'> & { members: Set<string> }>();
  for (const edge of answer.edges) {
    const from = take(edge.from_kind, edge.from);
    const to = take(edge.to_kind, edge.to);
    const key = `${from}>${edge.kind}>${to}>${edge.via ?? ''}`;
    links.set(key, { key, from, to, kind: edge.kind, via: edge.via });
    if (from !== focus && to !== focus) continue;
    const direction = from === focus ? 'out' : 'in';
    const other = direction === 'out' ? to : from;
    const kind = things.get(other)?.kind ?? 'missing';
    const name = `${edge.kind}/${direction}/${kind}`;
    let group = groups.get(name);
    if (!group) groups.set(name, (group = { key: name, edge: edge.kind, direction, kind, members: new Set() }));
    group.members.add(other);
  }
  const totals = new Map(answer.groups?.map((one) => [`${one.kind}/${one.direction}/${one.other}`, one.count]));
  const listed = [...groups.values()].map((group) => {
    const members = [...group.members];
    return { ...group, members, total: Math.max(totals.get(group.key) ?? 0, members.length) };
  });
  return { focus, things, links, groups: listed.sort((a, b) => a.total - b.total) };
}

/** Begins with one entity, or adds what is around a further one. */
export function open(before: Neighbourhood | null, answer: Schemas['Connected']): Neighbourhood {
  const found = facts(answer);
  const things = new Map(before?.things);
  for (const [key, thing] of found.things) if (!things.has(key)) things.set(key, thing);
  const shown = new Set(before?.shown);
  shown.add(found.focus);
  const next: Neighbourhood = {
    focus: before?.focus ?? found.focus,
    things,
    links: new Map([...(before?.links ?? []), ...found.links]),
    groups: new Map([...(before?.groups ?? []), [found.focus, found.groups]]),
    shown,
  };
  return found.groups.reduce((now, group) => more(now, found.focus, group.key, FIRST), next);
}

export function shownOf(now: Neighbourhood, group: Group): number {
  return group.members.reduce((n, key) => n + (now.shown.has(key) ? 1 : 0), 0);
}

/** Shows further members of a group, as many as there is room for. */
export function more(now: Neighbourhood, node: string, group: string, count = STEP): Neighbourhood {
  const found = now.groups.get(node)?.find(({ key }) => key === group);
  if (!found) return now;
  const shown = new Set(now.shown);
  let left = Math.min(count, MOST - shown.size);
  for (const key of found.members) {
    if (left <= 0) break;
    if (shown.has(key)) continue;
    shown.add(key);
    left -= 1;
  }
  return { ...now, shown };
}

/** Hides a group's members but those that something else shown holds on to. */
export function fewer(now: Neighbourhood, node: string, group: string): Neighbourhood {
  const found = now.groups.get(node)?.find(({ key }) => key === group);
  if (!found) return now;
  const shown = new Set(now.shown);
  for (const key of found.members) if (key !== now.focus && !now.groups.has(key)) shown.delete(key);
  return { ...now, shown };
}

/** Closes an opened node: what only it brought goes. */
export function close(now: Neighbourhood, node: string): Neighbourhood {
  if (node === now.focus) return now;
  const groups = new Map(now.groups);
  groups.delete(node);
  const held = new Set([now.focus, ...groups.keys()]);
  for (const list of groups.values()) for (const { members } of list) for (const key of members) held.add(key);
  return { ...now, groups, shown: new Set([...now.shown].filter((key) => held.has(key))) };
}

/** What is drawn: shown things, and known links between them. */
export function drawn(now: Neighbourhood): { things: Thing[]; links: Link[] } {
  const things = [...now.shown].flatMap((key) => now.things.get(key) ?? []);
  return { things, links: [...now.links.values()].filter(({ from, to }) => now.shown.has(from) && now.shown.has(to)) };
}
