/** What the service has said so far: things, relations, and groups of neighbours with their counts. It is no part of what is undone. */
import type { Schemas } from '../api/client';
import { facts, keyOf, type Group, type Link, type Thing } from '../graph/neighbourhood';
import { sift, type Sifted } from '../graph/sifting';
import type { Board } from './board';

export interface Known {
  things: ReadonlyMap<string, Thing>;
  links: ReadonlyMap<string, Link>;
  groups: ReadonlyMap<string, readonly Group[]>;
  /** Not there, or not for who asks. */
  outside: ReadonlySet<string>;
  /** Things of which all relations to each other were asked for. */
  tied: ReadonlySet<string>;
}
export const NOTHING: Known = { things: new Map(), links: new Map(), groups: new Map(), outside: new Set(), tied: new Set() };

const relation = (link: Link): string => `${link.from}>${link.kind}>${link.to}`;

function with_(known: Known, things: Iterable<readonly [string, Thing]>, links: Iterable<Link>): Known {
  const all = new Map(known.things);
  for (const [key, thing] of things) all.set(key, thing);
  const ties = new Map(known.links);
  for (const link of links) {
    const key = relation(link);
    if (!ties.has(key)) ties.set(key, { ...link, key });
  }
  return { ...known, things: all, links: ties };
}

/** Takes in what is around one thing. */
export function learn(known: Known, answer: Schemas['Connected']): Known {
  const found = facts(answer);
  return { ...with_(known, found.things, found.links.values()), groups: new Map([...known.groups, [found.focus, found.groups]]) };
}

/** Takes in some things and what ties them. */
export function select(known: Known, asked: readonly string[], answer: Schemas['Selection']): Known {
  const found = facts({ ...answer, kind: '', id: '', hops: 1 });
  found.things.delete(keyOf('', ''));
  for (const node of answer.nodes) {
    const key = keyOf(node.kind, node.id);
    if (node.kind !== 'missing' && !found.things.has(key)) found.things.set(key, { ...node, key, name: node.name ?? node.id });
  }
  const outside = new Set(answer.outside);
  const tied = new Set(asked.filter((key) => !outside.has(key)));
  return { ...with_(known, found.things, found.links.values()), outside: new Set([...known.outside, ...outside]), tied };
}

/** What is drawn of a board: known things of kinds that are not filtered out, and the relations between them. */
export function drawn(board: Board, known: Known): Sifted {
  const things = [...board.held.keys()].flatMap((key) => known.things.get(key) ?? []);
  return sift(things, known.links.values(), board.without);
}

/** Neighbours that all of some answers have, and whether one of them was cut. */
export function inCommon(answers: readonly Schemas['Connected'][]): { keys: string[]; cut: { key: string; shown: number; total: number }[] } {
  const all = answers.map(facts);
  const own = new Set(all.map(({ focus }) => focus));
  const [first, ...others] = all.map(({ groups }) => new Set(groups.flatMap(({ members }) => members)));
  const keys = [...(first ?? [])].filter((key) => !own.has(key) && others.every((set) => set.has(key)));
  const cut = all.flatMap(({ focus, groups }) =>
    groups.filter(({ total, members }) => total > members.length).map(({ total, members }) => ({ key: focus, shown: members.length, total })),
  );
  return { keys, cut };
}
