/** Points of a plane, and what can be said of several of them. */
export interface Point {
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}
export interface Bounds {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** What all of them lie within; `null` of none. */
export function bounds(points: Iterable<Point>): Bounds | null {
  let found: Bounds | null = null;
  for (const { x, y } of points) {
    if (!found) found = { left: x, right: x, top: y, bottom: y };
    else {
      found.left = Math.min(found.left, x);
      found.right = Math.max(found.right, x);
      found.top = Math.min(found.top, y);
      found.bottom = Math.max(found.bottom, y);
    }
  }
  return found;
}

export function middle(points: readonly Point[]): Point {
  const n = points.length || 1;
  return { x: points.reduce((sum, { x }) => sum + x, 0) / n, y: points.reduce((sum, { y }) => sum + y, 0) / n };
}

/** The convex hull, counter-clockwise (Andrew's monotone chain); of one or two points these themselves. */
export function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.x - b.x || a.y - b.y).filter((one, k, all) => one.x !== all[k - 1]?.x || one.y !== all[k - 1]?.y);
  if (sorted.length < 3) return sorted;
  const turn = (o: Point, a: Point, b: Point) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
  const half = (some: readonly Point[]) => {
    const out: Point[] = [];
    for (const point of some) {
      for (;;) {
        const a = out.at(-2);
        const b = out.at(-1);
        if (!a || !b || turn(a, b, point) > 0) break;
        out.pop();
      }
      out.push(point);
    }
    return out.slice(0, -1);
  };
  const found = [...half(sorted), ...half(sorted.reverse())];
  return found.length ? found : sorted.slice(0, 1);
}

/** A closed outline; a single point is a dot that round line ends make visible. */
export function outline(points: readonly Point[], digits = 1): string {
  return points.length ? `M${points.map(({ x, y }) => `${x.toFixed(digits)} ${y.toFixed(digits)}`).join('L')}Z` : '';
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

/** The corners of the rectangle that two points span. */
export function box(a: Point, b: Point): Point[] {
  return [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];
}

/** How long a degree of longitude is beside one of latitude: in a city, one number. */
export function narrowing(south: number, north: number): number {
  return Math.cos((((south + north) / 2) * Math.PI) / 180);
}
