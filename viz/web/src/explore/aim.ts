/** Where one points: at the next thing in a direction, and at what lies within a line that was drawn. */
import type { Point } from '../graph/positions';

export type Way = 'down' | 'left' | 'right' | 'up';
const WAYS: Record<Way, Point> = { down: { x: 0, y: 1 }, left: { x: -1, y: 0 }, right: { x: 1, y: 0 }, up: { x: 0, y: -1 } };

/** The next thing in a direction: near, and not far off the line; `null` where nothing lies that way. */
export function next(at: ReadonlyMap<string, Point>, from: string | null, way: Way): string | null {
  const here = from === null ? undefined : at.get(from);
  if (!here) return nearest(at, middle(at));
  const { x, y } = WAYS[way];
  let best: string | null = null;
  let least = Infinity;
  for (const [key, point] of at) {
    if (key === from) continue;
    const along = (point.x - here.x) * x + (point.y - here.y) * y;
    const aside = Math.abs((point.x - here.x) * y) + Math.abs((point.y - here.y) * x);
    if (along <= 0 || aside > along * 2) continue;
    const far = along + aside * 1.5;
    if (far < least) [best, least] = [key, far];
  }
  return best;
}

function middle(at: ReadonlyMap<string, Point>): Point {
  const all = [...at.values()];
  const sum = all.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  return { x: sum.x / all.length, y: sum.y / all.length };
}

function nearest(at: ReadonlyMap<string, Point>, to: Point): string | null {
  let best: string | null = null;
  let least = Infinity;
  for (const [key, { x, y }] of at) {
    const far = (x - to.x) ** 2 + (y - to.y) ** 2;
    if (far < least) [best, least] = [key, far];
  }
  return best;
}

/** Whether a point lies within a closed line (even-odd). */
export function within(point: Point, line: readonly Point[]): boolean {
  let inside = false;
  let before = line.at(-1);
  for (const corner of line) {
    if (before && corner.y > point.y !== before.y > point.y && point.x < ((before.x - corner.x) * (point.y - corner.y)) / (before.y - corner.y) + corner.x) inside = !inside;
    before = corner;
  }
  return inside;
}

export function box(a: Point, b: Point): Point[] {
  return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
}
