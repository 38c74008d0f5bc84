/** The camera over the square: what it sees, and how it sees all of something. */
import type Sigma from 'sigma';
import type { Bounds, Point } from './frame';

/** Pixels that stay free around what is fitted. */
const EDGE = 46;

export interface Seen {
  x: number;
  y: number;
  ratio: number;
}

/** Pixels of the square's side at ratio 1. */
function side(sigma: Sigma): number {
  const { width, height } = sigma.getDimensions();
  return Math.min(width, height) - 2 * sigma.getStagePadding();
}

export function fitting(sigma: Sigma, [left, bottom, right, top]: Bounds): Seen {
  const { width, height } = sigma.getDimensions();
  const wide = Math.max(right - left, 1e-6);
  const high = Math.max(top - bottom, 1e-6);
  const ratio = Math.max((wide * side(sigma)) / Math.max(width - 2 * EDGE, 40), (high * side(sigma)) / Math.max(height - 2 * EDGE, 40));
  return { x: (left + right) / 2, y: (bottom + top) / 2, ratio: Math.max(ratio, 2e-4) };
}

export function sight(sigma: Sigma): Bounds {
  const { width, height } = sigma.getDimensions();
  const a = sigma.viewportToGraph({ x: 0, y: height });
  const b = sigma.viewportToGraph({ x: width, y: 0 });
  return [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
}

/** Part of what is seen by which a camera may be off and still sees the same. */
const OFF = 0.02;

/**
 * Where a camera has to stand so that it sees of another square what it saw of the former: `whole` where that was all of it, null
 * where it stands there already.
 *
 * @param whole Where it stood, had it seen all of the former square's city.
 * @param moved Where a point of the former square lies in the other.
 */
export function follows(now: Seen, seen: Bounds, whole: Seen, moved: (at: Point) => Point): Seen | 'whole' | null {
  const [a, b] = [moved([seen[0], seen[1]]), moved([seen[2], seen[3]])];
  const wide = seen[2] - seen[0];
  const same = (one: number, other: number) => Math.abs(one - other) <= wide * OFF;
  if (Math.max(Math.abs(a[0] - seen[0]), Math.abs(a[1] - seen[1]), Math.abs(b[0] - seen[2]), Math.abs(b[1] - seen[3])) < 1e-9 * wide) return null;
  if (same(now.x, whole.x) && same(now.y, whole.y) && Math.abs(now.ratio - whole.ratio) <= OFF * whole.ratio) return 'whole';
  return { x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2, ratio: (now.ratio * (b[0] - a[0])) / wide };
}

export function calm(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

export function move(sigma: Sigma, to: Partial<Seen>, duration = 500): void {
  if (calm()) sigma.getCamera().setState(to);
  else {
    void sigma
      .getCamera()
      .animate(to, { duration, easing: 'quadraticInOut' })
      .then(() => {
        sigma.scheduleRender(); // names are written once it stands
      });
  }
}

export function share(inner: Bounds, outer: Bounds): number {
  const wide = Math.min(inner[2], outer[2]) - Math.max(inner[0], outer[0]);
  const high = Math.min(inner[3], outer[3]) - Math.max(inner[1], outer[1]);
  const area = (outer[2] - outer[0]) * (outer[3] - outer[1]);
  return wide > 0 && high > 0 && area > 0 ? (wide * high) / area : 0;
}
