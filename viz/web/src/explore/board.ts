/** What is on the board, and what can be done to it: each command gives a new board, and leaves the former as it was. */
import type { Point } from '../geometry/plane';

export type Layout = 'auto' | 'forces' | 'levels';
export interface Board {
  /** What is drawn, in the order in which it came, and whose expansion brought it; {@link SELF}: it was put there by itself. */
  held: ReadonlyMap<string, ReadonlySet<string>>;
  pinned: ReadonlyMap<string, Point>;
  /** Kinds of things and of relations that are not drawn. */
  without: ReadonlySet<string>;
  layout: Layout;
  asOf: string | null;
}
export type Command =
  | { does: 'add'; keys: readonly string[] }
  | { does: 'expand'; node: string; keys: readonly string[] }
  | { does: 'collapse'; nodes: readonly string[] }
  | { does: 'hide'; keys: readonly string[] }
  | { does: 'only'; keys: readonly string[] }
  | { does: 'pin'; at: readonly (readonly [string, Point])[] }
  | { does: 'unpin'; keys: readonly string[] }
  | { does: 'filter'; what: string; drawn: boolean }
  | { does: 'lay'; layout: Layout }
  | { does: 'date'; asOf: string | null }
  | { does: 'clear' };

/** Things on a board at most. */
export const MOST = 500;
export const SELF = '';
export const EMPTY: Board = { held: new Map(), pinned: new Map(), without: new Set(), layout: 'auto', asOf: null };

export function room(board: Board): number {
  return MOST - board.held.size;
}

/** Adds what there is room for. */
function hold(board: Board, keys: readonly string[], holder: string): Board {
  const held = new Map(board.held);
  let changed = false;
  for (const key of keys) {
    const before = held.get(key);
    if (before?.has(holder) || key === holder || (!before && held.size >= MOST)) continue;
    held.set(key, new Set([...(before ?? []), holder]));
    changed = true;
  }
  return changed ? { ...board, held } : board;
}

function keep(board: Board, held: ReadonlyMap<string, ReadonlySet<string>>): Board {
  return { ...board, held, pinned: new Map([...board.pinned].filter(([key]) => held.has(key))) };
}

function hide(board: Board, keys: readonly string[]): Board {
  const gone = new Set(keys.filter((key) => board.held.has(key)));
  if (!gone.size) return board;
  const held = new Map<string, ReadonlySet<string>>();
  const orphans: string[] = [];
  for (const [key, holders] of board.held) {
    if (gone.has(key)) continue;
    const left = [...holders].filter((one) => !gone.has(one));
    if (left.length < holders.size) orphans.push(key);
    held.set(key, left.length === holders.size ? holders : new Set(left));
  }
  // what was brought by what is hidden now stands by itself: also where things that it brought itself hold it still
  const reached = reach(held, [...held].filter(([, holders]) => holders.has(SELF)).map(([key]) => key));
  for (const key of orphans) {
    if (reached.has(key)) continue;
    held.set(key, new Set([SELF, ...(held.get(key) ?? [])]));
    for (const one of reach(held, [key])) reached.add(one);
  }
  return keep(board, held);
}

/** What is held by some things, by what these hold, and so on: with them. */
function reach(held: ReadonlyMap<string, ReadonlySet<string>>, from: readonly string[]): Set<string> {
  const reached = new Set(from);
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const [key, holders] of held) if (!reached.has(key) && [...holders].some((one) => reached.has(one))) reached.add(key);
  }
  return reached;
}

/** Takes away what only these brought, and what only that brought. */
function collapse(board: Board, nodes: readonly string[]): Board {
  const closed = new Set(nodes.filter((key) => board.held.has(key)));
  const held = new Map<string, ReadonlySet<string>>();
  for (const [key, holders] of board.held) {
    const left = [...holders].filter((one) => !closed.has(one));
    held.set(key, left.length === holders.size ? holders : new Set(left));
  }
  // what is collapsed stays, whoever brought it
  const reached = reach(held, [...held].filter(([key, holders]) => holders.has(SELF) || closed.has(key)).map(([key]) => key));
  const changed = reached.size < held.size || [...held].some(([key, holders]) => holders !== board.held.get(key));
  if (!changed) return board;
  const kept = [...held].filter(([key]) => reached.has(key));
  return keep(board, new Map(kept.map(([key, holders]) => {
    const left = [...holders].filter((one) => one === SELF || reached.has(one));
    return [key, left.length === holders.size && left.length ? holders : new Set(left.length ? left : [SELF])];
  })));
}

export function apply(board: Board, command: Command): Board {
  switch (command.does) {
    case 'add':
      return hold(board, command.keys, SELF);
    case 'expand':
      return board.held.has(command.node) ? hold(board, command.keys, command.node) : board;
    case 'collapse':
      return collapse(board, command.nodes);
    case 'hide':
      return hide(board, command.keys);
    case 'only': {
      const kept = new Set(command.keys);
      return hide(board, [...board.held.keys()].filter((key) => !kept.has(key)));
    }
    case 'pin': {
      const some = command.at.filter(([key]) => board.held.has(key));
      return some.length ? { ...board, pinned: new Map([...board.pinned, ...some]) } : board;
    }
    case 'unpin': {
      const free = new Set(command.keys);
      if (![...board.pinned.keys()].some((key) => free.has(key))) return board;
      return { ...board, pinned: new Map([...board.pinned].filter(([key]) => !free.has(key))) };
    }
    case 'filter': {
      if (board.without.has(command.what) !== command.drawn) return board;
      const without = new Set(board.without);
      if (command.drawn) without.delete(command.what);
      else without.add(command.what);
      return { ...board, without };
    }
    case 'lay':
      return command.layout === board.layout ? board : { ...board, layout: command.layout };
    case 'date':
      return command.asOf === board.asOf ? board : { ...board, asOf: command.asOf };
    case 'clear':
      return board.held.size ? { ...EMPTY, layout: board.layout, asOf: board.asOf } : board;
  }
}
