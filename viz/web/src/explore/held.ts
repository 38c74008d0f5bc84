/** A board in an address and back: `show` names the things, `by` who brought each, `at` where each lies (with `*`: pinned). */
import { kindsOf, type Held } from '../state/address';
import type { Point } from '../geometry/plane';
import { EMPTY, MOST, SELF, type Board, type Layout } from './board';

export interface Placed {
  board: Board;
  at: ReadonlyMap<string, Point>;
}
const LAYOUTS: readonly Layout[] = ['auto', 'forces', 'levels'];
/** Tenths are kept: more is not seen. */
const PARTS = 10;

const escaped = (key: string): string => key.replaceAll('\\', '\\\\').replaceAll(' ', '\\s');
const plain = (text: string): string => text.replace(/\\(.)/g, (_, c: string) => (c === 's' ? ' ' : c));

export function write({ board, at }: Placed): Held {
  const held: Record<string, string> = {};
  const keys = [...board.held.keys()];
  if (keys.length) held['show'] = keys.map(escaped).join(' ');
  const number = new Map(keys.map((key, k) => [key, k]));
  const by = keys.map((key) => [...(board.held.get(key) ?? [])].flatMap((one) => (one === SELF ? 's' : (number.get(one) ?? []))).join('-'));
  if (by.some((one) => one !== 's')) held['by'] = by.map((one) => (one === 's' ? '' : one)).join('.');
  const places = keys.map((key) => {
    const point = board.pinned.get(key) ?? at.get(key);
    if (!point) return '';
    return `${Math.round(point.x * PARTS)}_${Math.round(point.y * PARTS)}${board.pinned.has(key) ? '*' : ''}`;
  });
  if (places.some(Boolean)) held['at'] = places.join('.');
  if (board.layout !== 'auto') held['layout'] = board.layout;
  if (board.without.size) held['without'] = [...board.without].join('.');
  if (board.asOf) held['as_of'] = board.asOf;
  return held;
}

/** The board of an address; what is none of it is passed over, and nothing beyond the cap is taken. */
export function read(held: Held): Placed {
  const keys = [...new Set((held['show'] ?? '').split(' ').filter(Boolean).map(plain))].filter((key) => /^[^:]+:./.test(key)).slice(0, MOST);
  const by = (held['by'] ?? '').split('.');
  const places = (held['at'] ?? '').split('.');
  const at = new Map<string, Point>();
  const pinned = new Map<string, Point>();
  const brought = new Map<string, ReadonlySet<string>>();
  for (const [k, key] of keys.entries()) {
    const holders = (by[k] ?? '').split('-').flatMap((one) => (one === 's' ? SELF : (keys[Number(one || NaN)] ?? []))).filter((one) => one !== key);
    brought.set(key, new Set(holders.length ? holders : [SELF]));
    const found = /^(-?\d{1,7})_(-?\d{1,7})(\*?)$/.exec(places[k] ?? '');
    if (!found) continue;
    const point = { x: Number(found[1]) / PARTS, y: Number(found[2]) / PARTS };
    at.set(key, point);
    if (found[3]) pinned.set(key, point);
  }
  const layout = LAYOUTS.find((one) => one === held['layout']) ?? 'auto';
  const without = new Set(kindsOf(held['without']));
  const asOf = /^\d{4}-\d{2}-\d{2}$/.test(held['as_of'] ?? '') ? (held['as_of'] ?? null) : null;
  return { board: { ...EMPTY, held: brought, pinned, without, layout, asOf }, at };
}
