/** Both layouts in one square from 0 to 1, y upwards, the same for every view of a city: so the picture stays when views change. */
import type { Schemas } from '../api/client';
import { narrowing } from '../geometry/plane';
import type { Boundary } from './ground';
import type { Box, Layout } from './question';

export type Mark = Schemas['CityMark'];
export type Point = readonly [number, number];
/** Left, bottom, right, top of the square. */
export type Bounds = readonly [number, number, number, number];

export interface Frame {
  /** Whether anything has a place on the map. */
  readonly known: boolean;
  put: (layout: Layout, x: number, y: number) => Point;
  take: (layout: Layout, x: number, y: number) => Point;
  /** The boundary of a district or street, its largest part first, where one is loaded. */
  boundary: (mark: Pick<Mark, 'code' | 'level'>) => readonly (readonly Point[])[] | null;
}

/** The network is drawn wider than high, as screens are. */
const HIGH = 0.62;
/** What the whole network covers of the square. */
export const NETWORK: Bounds = [0, 0.5 - HIGH / 2, 1, 0.5 + HIGH / 2];

const NO_BOUNDARIES: ReadonlyMap<string, Boundary> = new Map();

/** The frame of a city that lies within west, south, east, north, and whose network has a side. */
export function frame(extent: readonly number[] | null, side: number, boundaries: ReadonlyMap<string, Boundary> = NO_BOUNDARIES): Frame {
  const [west = 0, south = 0, east = 1, north = 1] = extent ?? [];
  const flat = narrowing(south, north);
  const wide = (east - west) * flat;
  const high = north - south;
  const scale = Math.max(wide, high) || 1;
  const left = 0.5 - wide / scale / 2;
  const bottom = 0.5 - high / scale / 2;
  const put = (layout: Layout, x: number, y: number): Point =>
    layout === 'network' ? [x / side, 0.5 + HIGH / 2 - (HIGH * y) / side] : [left + ((x - west) * flat) / scale, bottom + (y - south) / scale];
  const placed = new Map<string, readonly (readonly Point[])[]>();
  return {
    known: extent !== null,
    put,
    boundary: ({ code, level }) => {
      if (code === null || extent === null || (level !== 'district' && level !== 'street')) return null;
      const found = placed.get(code) ?? boundaries.get(code)?.rings.map((ring) => ring.map(([x, y]) => put('geographic', x, y))) ?? null;
      if (found) placed.set(code, found);
      return found;
    },
    take: (layout, x, y) => (layout === 'network' ? [x * side, ((0.5 + HIGH / 2 - y) * side) / HIGH] : [west + ((x - left) * scale) / flat, south + (y - bottom) * scale]),
  };
}

/** Where a mark stands, if that is known. */
export function stands(on: Frame, layout: Layout, mark: Mark): Point | null {
  const [x, y] = (layout === 'network' ? mark.network : mark.geographic) ?? [];
  return x === undefined || y === undefined || (layout === 'geographic' && !on.known) ? null : on.put(layout, x, y);
}

/** All rings of an area's or place's outline: one where it is no boundary. */
export function ringsOf(on: Frame, layout: Layout, mark: Mark): readonly (readonly Point[])[] | null {
  const boundary = layout === 'geographic' && mark.counts ? on.boundary(mark) : null;
  if (boundary?.length) return boundary;
  const one = outline(on, layout, mark);
  return one && [one];
}

/** The outline of an area or place: on the map the largest part of its boundary, else its hull, in the network its rectangle. */
export function outline(on: Frame, layout: Layout, mark: Mark): Point[] | null {
  if (mark.counts === null || mark.counts === undefined) return null;
  if (layout === 'geographic') {
    const boundary = on.boundary(mark)?.[0];
    if (boundary) return [...boundary];
    if (!on.known || !mark.hull) return null;
    return mark.hull.map(([x = 0, y = 0]) => on.put(layout, x, y));
  }
  const [x = 0, y = 0, w = 0, h = 0] = mark.network;
  return ([[-1, -1], [1, -1], [1, 1], [-1, 1]] as const).map(([a, b]) => on.put(layout, x + (a * w) / 2, y + (b * h) / 2));
}

/** Whether a point lies in what some rings enclose; holes are none of it. */
export function encloses(rings: readonly (readonly Point[])[], [x, y]: Point): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let k = 0, j = ring.length - 1; k < ring.length; j = k++) {
      const [ax, ay] = ring[k] ?? [0, 0];
      const [bx, by] = ring[j] ?? [0, 0];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

export function boundsOf(points: readonly Point[]): Bounds | null {
  if (!points.length) return null;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const least = (all: number[]) => all.reduce((a, b) => Math.min(a, b));
  const most = (all: number[]) => all.reduce((a, b) => Math.max(a, b));
  return [least(xs), least(ys), most(xs), most(ys)];
}

/** A box of the square in a layout's coordinates, as the service is asked for one. */
export function boxOf(on: Frame, layout: Layout, [left, bottom, right, top]: Bounds): Box {
  const [a, b] = on.take(layout, left, bottom);
  const [c, d] = on.take(layout, right, top);
  const digits = layout === 'network' ? 2 : 5;
  const round = (n: number) => Number(Math.min(Math.max(n, -9999), 9999).toFixed(digits));
  return [round(Math.min(a, c)), round(Math.min(b, d)), round(Math.max(a, c)), round(Math.max(b, d))];
}

/** A layout's box in the square. */
export function boundsOfBox(on: Frame, layout: Layout, [a, b, c, d]: Box): Bounds {
  const [x, y] = on.put(layout, a, b);
  const [u, v] = on.put(layout, c, d);
  return [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)];
}

/** Rays of an outline, from its middle outwards: so that a hull can become a rectangle on the way from layout to layout. */
export const RAYS = 48;
const TURN = (Math.PI * 2) / RAYS;

/** Where rays from a point inside a convex outline meet it. */
export function rays(points: readonly Point[], [cx, cy]: Point): Point[] {
  const out: Point[] = [];
  for (let k = 0; k < RAYS; k++) {
    const [dx, dy] = [Math.cos(k * TURN), Math.sin(k * TURN)];
    let far = 0;
    for (let n = 0; n < points.length; n++) {
      const [ax, ay] = points[n] ?? [0, 0];
      const [bx, by] = points[(n + 1) % points.length] ?? [0, 0];
      const [ex, ey] = [bx - ax, by - ay];
      const cross = dx * ey - dy * ex;
      if (Math.abs(cross) < 1e-15) continue;
      const along = ((ax - cx) * ey - (ay - cy) * ex) / cross;
      const on = ((ax - cx) * dy - (ay - cy) * dx) / cross;
      if (along > far && on >= -1e-9 && on <= 1 + 1e-9) far = along;
    }
    out.push([cx + dx * far, cy + dy * far]);
  }
  return out;
}

/** A point or outline on the way from one to another; eased at both ends. */
export function between(a: Point, b: Point, t: number): Point {
  const s = t < 0.5 ? 2 * t * t : 1 - (2 - 2 * t) ** 2 / 2;
  return [a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s];
}

/** Points without those that lie far from all others: a wrong row does not make the picture of a place one of the city. */
export function typical(points: readonly Point[]): Point[] {
  const middle = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  const [cx, cy] = [middle(points.map(([x]) => x)), middle(points.map(([, y]) => y))];
  const far = points.map(([x, y]) => Math.hypot(x - cx, y - cy));
  const usual = [...far].sort((a, b) => a - b)[Math.floor(0.75 * far.length)] ?? 0;
  return usual > 0 ? points.filter((_, k) => (far[k] ?? 0) <= 3 * usual) : [...points];
}
