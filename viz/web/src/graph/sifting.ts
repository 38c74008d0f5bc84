/** What is left of a picture where kinds of things and relations are filtered out, and how many of each there would be. */
import type { Link, Thing } from './neighbourhood';

export interface Sifted {
  things: Thing[];
  links: Link[];
  /** How many things of each kind there are, drawn or not. */
  kinds: ReadonlyMap<string, number>;
  /** How many relations of each kind there are between things that are drawn. */
  relations: ReadonlyMap<string, number>;
}

/** @param kept what is drawn whatever its kind is: what the page is about */
export function sift(things: Iterable<Thing>, links: Iterable<Link>, without: ReadonlySet<string>, kept: string | null = null): Sifted {
  const kinds = new Map<string, number>();
  const relations = new Map<string, number>();
  const left: Thing[] = [];
  const there = new Set<string>();
  for (const thing of things) {
    kinds.set(thing.kind, (kinds.get(thing.kind) ?? 0) + 1);
    if (without.has(thing.kind) && thing.key !== kept) continue;
    left.push(thing);
    there.add(thing.key);
  }
  const tied: Link[] = [];
  for (const link of links) {
    if (!there.has(link.from) || !there.has(link.to)) continue;
    relations.set(link.kind, (relations.get(link.kind) ?? 0) + 1);
    if (!without.has(link.kind)) tied.push(link);
  }
  return { things: left, links: tied, kinds, relations };
}
