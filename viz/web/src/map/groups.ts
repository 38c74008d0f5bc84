/** Proposed units on the picture: an outline around the organizations of each, in the look that they share. */
import { hull, type Point } from '../geometry/plane';
import type { Painted } from './paint';
import { tinted } from './looks';

export interface Outlined {
  id: string;
  tint: number;
  points: Point[];
}

interface Member {
  group?: string | null;
  tint?: number | null;
}

/** The hulls of groups of which several are drawn, by pixels of the picture. */
export function outlines(placed: readonly { mark: Member; x: number; y: number }[]): Outlined[] {
  const groups = new Map<string, Outlined>();
  for (const { mark: { group, tint }, x, y } of placed) {
    if (typeof group !== 'string' || typeof tint !== 'number') continue;
    const one = groups.get(group) ?? { id: group, tint, points: [] };
    one.points.push({ x, y });
    groups.set(group, one);
  }
  return [...groups.values()].filter(({ points }) => points.length > 1).map((one) => ({ ...one, points: hull(one.points) }));
}

export function paintGroups(context: CanvasRenderingContext2D, painted: Painted): void {
  if (painted.colour !== 'group') return;
  const placed = painted.placed.map(({ mark, at, radius }) => {
    const [x, y] = painted.put(at);
    return { mark, x, y, radius };
  });
  const wide = 2 * (Math.max(...placed.map(({ radius }) => radius), 6) + 4);
  const chosen = painted.placed.find(({ mark }) => mark.id === painted.chosen)?.mark.group;
  const trace = (points: readonly Point[]) => {
    context.beginPath();
    for (const [k, { x, y }] of points.entries()) {
      if (k) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
    context.closePath();
  };
  context.lineJoin = 'round';
  context.lineCap = 'round';
  for (const { id, tint, points } of outlines(placed)) {
    const far = points.every(({ x, y }) => x < -wide || y < -wide || x > painted.width + wide || y > painted.height + wide);
    if (far) continue;
    const here = id === chosen;
    const { colour } = tinted(tint, painted.ink.dark);
    // a broad edge in colour with the ground's in it leaves a line around all of them, however they lie
    for (const [width, style] of [
      [wide + (here ? 5 : 2.5), here ? painted.ink.mark : colour],
      [wide, `color-mix(in srgb, ${colour} ${here ? 34 : 16}%, ${painted.ink.ground})`],
    ] as const) {
      trace(points);
      context.lineWidth = width;
      context.strokeStyle = style;
      context.fillStyle = style;
      context.stroke();
      context.fill();
    }
  }
}
