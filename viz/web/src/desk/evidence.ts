/** A finding's evidence as a hierarchy: what shows it, in the chain that its subject has, with marks on what is at fault. */
import type { Schemas } from '../api/client';
import { en } from '../texts/catalogues';
import { propertyName, t, type Key } from '../texts';
import { WIDEST, type Box, type Hierarchy, type Line } from '../graph/levels';

export type Piece = Record<string, unknown>;
export type Named = Schemas['NamedThing'];
interface Tie {
  from: string;
  to: string;
  kind: string;
}

/** Relations whose source stands above: who covers, or leads. All others go up, to a superior, a place, an association. */
const DOWNWARD = new Set(['COVERS']);

export interface Evidence extends Hierarchy {
  marks: { boxes: Set<string>; lines: Set<string> };
}

function tie(piece: Piece): Tie | null {
  const { edge, from, to } = piece;
  return typeof edge === 'string' && typeof from === 'string' && typeof to === 'string' ? { kind: edge, from, to } : null;
}

/** Levels from the top: each below all that it goes up to; a cycle is cut where it would come back. */
function levels(ids: readonly string[], up: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const out = new Map<string, number>();
  for (const first of ids) {
    // no recursion: chains may be long
    const way: { id: string; next: number }[] = [{ id: first, next: 0 }];
    const on = new Set([first]);
    while (way.length) {
      const here = way[way.length - 1];
      if (!here) break;
      const above = up.get(here.id) ?? [];
      const next = above[here.next];
      if (out.has(here.id) || next === undefined) {
        if (!out.has(here.id)) out.set(here.id, 1 + above.reduce((most, id) => Math.max(most, on.has(id) && id !== here.id ? -1 : (out.get(id) ?? -1)), -1));
        way.pop();
        on.delete(here.id);
        continue;
      }
      here.next += 1;
      if (!out.has(next) && !on.has(next)) {
        way.push({ id: next, next: 0 });
        on.add(next);
      }
    }
  }
  return out;
}

/** Draws evidence, and around it the chain of the subject where it is known. */
export function evidence(
  pieces: readonly Piece[],
  named: readonly Named[],
  chain: Pick<Schemas['Chain'], 'edges' | 'nodes'> | null,
  widest = WIDEST,
): Evidence {
  const stations = new Map<string, Box['station']>();
  const marked = new Set<string>();
  for (const one of named) stations.set(one.id, { id: one.id, name: one.name, kind: one.there ? one.kind : 'missing', type: one.type, depth: 0 });
  for (const node of chain?.nodes ?? []) if (!stations.has(node.id)) stations.set(node.id, node);
  const ties: Tie[] = [];
  const seen = new Set<string>();
  const take = (one: Tie) => {
    const key = `${one.from}>${one.kind}>${one.to}`;
    if (seen.has(key) || !stations.has(one.from) || !stations.has(one.to)) return;
    seen.add(key);
    ties.push(one);
  };
  const lines = new Set<string>();
  for (const piece of pieces) {
    const found = tie(piece);
    if (found) {
      take(found);
      lines.add(`${found.from}>${found.kind}>${found.to}`);
    } else if (typeof piece['node'] === 'string') marked.add(piece['node']);
  }
  // without nodes of its own, what evidence ties together is what it is about
  if (!marked.size) for (const piece of pieces) for (const end of [piece['from'], piece['to']]) if (typeof end === 'string') marked.add(end);
  for (const one of chain?.edges ?? []) take(one);

  const up = new Map<string, string[]>();
  for (const { from, to, kind } of ties) {
    const [below, above] = DOWNWARD.has(kind) ? [to, from] : [from, to];
    if (below !== above) up.set(below, [...(up.get(below) ?? []), above]);
  }
  const ids = [...stations.keys()];
  const level = levels(ids, up);
  const deepest = Math.max(-1, ...level.values());
  const boxes: Box[] = [];
  const byId = new Map<string, Box>();
  const left: number[] = [];
  for (let depth = 0; depth <= deepest; depth += 1) {
    const here = ids.filter((id) => level.get(id) === depth);
    const middle = (id: string): number => {
      const places = (up.get(id) ?? []).flatMap((above) => byId.get(above)?.at ?? []);
      return places.length ? places.reduce((a, b) => a + b, 0) / places.length : Number.MAX_SAFE_INTEGER;
    };
    const sorted = here
      .map((id, k) => ({ id, k, first: marked.has(id) ? 0 : 1, m: middle(id) }))
      .sort((a, b) => (here.length > widest ? a.first - b.first : 0) || a.m - b.m || a.k - b.k)
      .slice(0, widest);
    left[depth] = here.length - sorted.length;
    for (const [at, { id }] of sorted.entries()) {
      const station = stations.get(id);
      if (!station) continue;
      const box = { station, level: depth, at };
      boxes.push(box);
      byId.set(id, box);
    }
  }
  const drawn: Line[] = ties.flatMap(({ from, to, kind }) => {
    const [a, b] = [byId.get(from), byId.get(to)];
    return a && b && a !== b ? [{ from: a, to: b, kind }] : [];
  });
  const width = boxes.reduce((most, { at }) => Math.max(most, at + 1), 0);
  return { boxes, lines: drawn, width, left, marks: { boxes: marked, lines } };
}

/** What a piece of evidence says besides what it names: values by property, as text. */
export function said(piece: Piece): [string, unknown][] {
  const names = new Set(['node', 'edge', 'from', 'to', 'kind']);
  return Object.entries(piece).filter(([name]) => !names.has(name));
}

/** What a value of evidence is called: as its entity's property, else as rules that measure or hold against each other word it. */
export function saidName(kind: string, name: string): string {
  const property = propertyName(kind, name);
  const key = `desk.said.${name}`;
  return property === name && key in en ? t(key as Key) : property;
}
