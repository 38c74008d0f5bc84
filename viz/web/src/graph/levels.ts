/** A chain as a hierarchy: the root on top, levels aligned, each box near those that it is tied to. */
import type { Schemas } from '../api/client';

export type Station = Schemas['Station'];
export interface Box {
  station: Station;
  level: number;
  /** Its place in its level, from the left. */
  at: number;
}
export interface Line {
  from: Box;
  to: Box;
  kind: string;
}
export interface Hierarchy {
  boxes: Box[];
  lines: Line[];
  /** Boxes of the widest level. */
  width: number;
  /** By level: how many are in the table only. */
  left: number[];
}

/** What a level shows at most: the rest is in the table. */
export const WIDEST = 12;

export function hierarchy(chain: Pick<Schemas['Chain'], 'edges' | 'nodes'>, down: boolean, widest = WIDEST): Hierarchy {
  const deepest = chain.nodes.reduce((most, { depth }) => Math.max(most, depth), 0);
  const levels: Station[][] = Array.from({ length: chain.nodes.length ? deepest + 1 : 0 }, () => []);
  for (const station of chain.nodes) levels[down ? station.depth : deepest - station.depth]?.push(station);

  const near = new Map<string, string[]>();
  for (const { from, to } of chain.edges) {
    near.set(from, [...(near.get(from) ?? []), to]);
    near.set(to, [...(near.get(to) ?? []), from]);
  }
  const byId = new Map<string, Box[]>();
  const boxes: Box[] = [];
  const left: number[] = [];
  const order = down ? [...levels.keys()] : [...levels.keys()].reverse(); // from the one that was asked about
  for (const [step, level] of order.entries()) {
    const all = levels[level] ?? [];
    const middle = (station: Station): number => {
      const found = (near.get(station.id) ?? []).flatMap((id) => byId.get(id) ?? []).map((box) => box.at);
      return found.length ? found.reduce((a, b) => a + b, 0) / found.length : NaN;
    };
    // what hangs on a box that is not drawn would hang on nothing
    const placed = all
      .map((station, k) => ({ station, k, m: step === 0 ? 0 : middle(station) }))
      .filter(({ m }) => !Number.isNaN(m))
      .sort((a, b) => a.m - b.m || a.k - b.k);
    left[level] = all.length - Math.min(placed.length, widest);
    for (const [at, { station }] of placed.slice(0, widest).entries()) {
      const box = { station, level, at };
      boxes.push(box);
      byId.set(station.id, [...(byId.get(station.id) ?? []), box]);
    }
  }
  const lines: Line[] = [];
  for (const { from, to, kind } of chain.edges) {
    // a code that two entities have: the two that are next to each other are meant
    let best: Line | undefined;
    for (const a of byId.get(from) ?? []) {
      for (const b of byId.get(to) ?? []) {
        if (a === b && from !== to) continue;
        const far = Math.abs(a.level - b.level);
        if (!best || far < Math.abs(best.from.level - best.to.level)) best = { from: a, to: b, kind };
      }
    }
    if (best) lines.push(best);
  }
  const width = boxes.reduce((most, { at }) => Math.max(most, at + 1), 0);
  return { boxes, lines, width, left };
}
