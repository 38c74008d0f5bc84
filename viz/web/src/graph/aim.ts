/** Where one points with arrows: at the next thing in a direction. */
import { middle, type Point } from '../geometry/plane';

export type Way = 'down' | 'left' | 'right' | 'up';
const WAYS: Record<Way, Point> = { down: { x: 0, y: 1 }, left: { x: -1, y: 0 }, right: { x: 1, y: 0 }, up: { x: 0, y: -1 } };

/** The next thing in a direction: near, and not far off the line; `null` where nothing lies that way. */
export function next(at: ReadonlyMap<string, Point>, from: string | null, way: Way): string | null {
  const here = from === null ? undefined : at.get(from);
  if (!here) return nearest(at, middle([...at.values()]));
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

function nearest(at: ReadonlyMap<string, Point>, to: Point): string | null {
  let best: string | null = null;
  let least = Infinity;
  for (const [key, { x, y }] of at) {
    const far = (x - to.x) ** 2 + (y - to.y) ** 2;
    if (far < least) [best, least] = [key, far];
  }
  return best;
}
