/** Levels of whatever is drawn: what stands above is drawn above, each thing near those that it is tied to. */
import type { Link, Thing } from './neighbourhood';
import type { Point } from '../geometry/plane';

const ACROSS = 26;
const DOWN = 22;
/** Between the rows of one level that is too wide for one. */
const WITHIN = 11;
/** Things side by side at least, before a level takes another row. */
const FEWEST = 8;

/** Relations whose source stands above its target; of all others the target does. */
const DOWNWARDS = new Set(['COVERS', 'PLANNED']);
/** Relations that make a chain: with nothing else, levels say more than forces. */
const CHAIN = new Set(['SUBORDINATE_TO', 'DUALLY_MANAGED_BY']);

export function isChain(links: readonly Pick<Link, 'kind'>[]): boolean {
  return links.length > 0 && links.every(({ kind }) => CHAIN.has(kind));
}

/** The level of each thing, from 0 at the top; a cycle is cut where it comes back to itself. */
export function levels(things: readonly Pick<Thing, 'key'>[], links: readonly Pick<Link, 'from' | 'kind' | 'to'>[]): Map<string, number> {
  const above = new Map<string, string[]>(things.map(({ key }) => [key, []]));
  for (const { from, to, kind } of links) {
    const [lower, upper] = DOWNWARDS.has(kind) ? [to, from] : [from, to];
    if (lower !== upper && above.has(upper)) above.get(lower)?.push(upper);
  }
  const found = new Map<string, number>();
  const under = new Set<string>();
  const level = (key: string): number => {
    const known = found.get(key);
    if (known !== undefined) return known;
    under.add(key);
    let deepest = -1;
    for (const upper of above.get(key) ?? []) if (!under.has(upper)) deepest = Math.max(deepest, level(upper));
    under.delete(key);
    found.set(key, deepest + 1);
    return deepest + 1;
  };
  for (const { key } of things) level(key);
  return found;
}

export function layers(things: readonly Pick<Thing, 'key'>[], links: readonly Pick<Link, 'from' | 'kind' | 'to'>[]): Map<string, Point> {
  const level = levels(things, links);
  const near = new Map<string, string[]>();
  for (const { from, to } of links) {
    near.set(from, [...(near.get(from) ?? []), to]);
    near.set(to, [...(near.get(to) ?? []), from]);
  }
  const rows: string[][] = [];
  for (const { key } of things) (rows[level.get(key) ?? 0] ??= []).push(key);
  const x = new Map<string, number>();
  const spread = (row: readonly string[]) => row.forEach((key, k) => x.set(key, (k - (row.length - 1) / 2) * ACROSS));
  rows.forEach(spread);
  const middle = (key: string): number => {
    const others = (near.get(key) ?? []).flatMap((other) => (level.get(other) === level.get(key) ? [] : (x.get(other) ?? [])));
    return others.length ? others.reduce((a, b) => a + b, 0) / others.length : (x.get(key) ?? 0);
  };
  // down, up and down again: so that lines cross little
  for (let sweep = 0; sweep < 5; sweep += 1) {
    for (const row of sweep % 2 ? [...rows].reverse() : rows) {
      const order = row.map((key, k) => ({ key, k, m: middle(key) })).sort((a, b) => a.m - b.m || a.k - b.k);
      row.splice(0, row.length, ...order.map(({ key }) => key));
      spread(row);
    }
  }
  const widest = Math.max(FEWEST, Math.ceil(Math.sqrt(things.length) * 1.7));
  const at = new Map<string, Point>();
  let y = 0;
  for (const row of rows) {
    const lines = Math.max(1, Math.ceil(row.length / widest));
    const wide = Math.ceil(row.length / lines);
    row.forEach((key, k) => {
      const line = k % lines;
      // neighbours in order go to different rows, so that each keeps its place from left to right
      const column = Math.floor(k / lines);
      at.set(key, { x: (column - (wide - 1) / 2) * ACROSS + (line * ACROSS) / (2 * lines), y: y + line * WITHIN });
    });
    y += DOWN + (lines - 1) * WITHIN;
  }
  return at;
}
