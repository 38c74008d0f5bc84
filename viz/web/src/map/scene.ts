/** What of a view is drawn at a zoom: one level as marks, those above it as outlines; and how large each is. */
import type { Schemas } from '../api/client';
import { outline, stands, type Frame, type Mark, type Point } from './frame';
import type { Layout, Size } from './question';

export const LEVELS = ['district', 'street', 'place', 'organization'] as const;
export type Level = (typeof LEVELS)[number];
type View = Pick<Schemas['CityView'], 'left_out' | 'marks'>;

/** Pixels of the picture that a mark has to itself at least, by what it is. */
const ROOM: Record<Level, number> = { district: 34 ** 2, street: 30 ** 2, place: 26 ** 2, organization: 11 ** 2 };

export interface Scene {
  /** The level that is drawn as marks. */
  level: Level;
  marks: Mark[];
  /** Areas and places around them, the larger first. */
  outlines: Mark[];
  /** Marks that have no place in this layout. */
  nowhere: Mark[];
}

/**
 * The deepest level of which there is room for all that is in sight. A level that the view has not whole is drawn only where there
 * is none above it, or where rows are asked for: a part of it would look like all of it.
 *
 * @param sight of a mark, whether it is in sight
 * @param room the picture's width times its height, in pixels
 * @param rows whether organizations and units are wanted, however many
 */
export function scene(view: View, on: Frame, layout: Layout, sight: (at: Point) => boolean, room: number, rows = false): Scene {
  const by = new Map<Level, Mark[]>(LEVELS.map((level) => [level, []]));
  for (const mark of view.marks) by.get(mark.level)?.push(mark);
  const there = LEVELS.filter((level) => by.get(level)?.length);
  const parts = new Set(view.left_out.map(({ level }) => level));
  let level: Level = there[0] ?? 'organization';
  for (const next of there) {
    if (next !== there[0] && parts.has(next) && !rows) continue;
    let seen = 0;
    for (const mark of by.get(next) ?? []) {
      const at = stands(on, layout, mark);
      if (at && sight(at)) seen++;
    }
    if (next === there[0] || rows || (seen > 0 && seen * ROOM[next] <= room)) level = next;
  }
  const all = by.get(level) ?? [];
  const marks = all.filter((mark) => stands(on, layout, mark));
  const above = LEVELS.slice(0, LEVELS.indexOf(level) + 1).flatMap((one) => by.get(one) ?? []);
  return { level, marks, outlines: above.filter((mark) => outline(on, layout, mark)), nowhere: all.filter((mark) => !stands(on, layout, mark)) };
}

export interface Between {
  from: string;
  to: string;
  kind: string;
  number: number;
}

/** Ties between the marks that are drawn: those of what lies in them, together. */
export function lifted(view: Pick<Schemas['CityView'], 'links' | 'marks'>, drawn: ReadonlySet<string>): Between[] {
  const parents = new Map(view.marks.map(({ id, parent }) => [id, parent]));
  const lift = (id: string): string | null => {
    let at: string | null = id;
    while (at !== null && !drawn.has(at)) at = parents.get(at) ?? null;
    return at;
  };
  const found = new Map<string, Between>();
  for (const { from, to, kind, number } of view.links) {
    const [a, b] = [lift(from), lift(to)];
    if (a === null || b === null || a === b) continue;
    const key = JSON.stringify([a, b, kind]);
    found.set(key, { from: a, to: b, kind, number: number + (found.get(key)?.number ?? 0) });
  }
  return [...found.values()];
}

export function numberOf(mark: Mark): number {
  return mark.counts ? mark.counts.organizations + mark.counts.units : 1;
}

/** Radius by number, so that areas are as the numbers are: all of them together cover a small part of the picture. */
export function radii(marks: readonly Mark[], room: number, by: Size = 'same'): (mark: Mark) => number {
  const numbers = marks.map(numberOf);
  const whole = numbers.reduce((a, b) => a + b, 0) || 1;
  const scale = Math.sqrt((0.06 * room) / (Math.PI * whole));
  const single = (mark: Mark) => (by === 'same' ? 6 : Math.min(4 + 3 * Math.sqrt((by === 'degree' ? mark.degree : mark.core) ?? 0), 24));
  return (mark) => (mark.counts ? Math.min(Math.max(scale * Math.sqrt(numberOf(mark)), 6), 30) : single(mark));
}

/** The mark that lies nearest to another in a direction: what an arrow key leads to. */
export function next(from: Point, key: string, marks: readonly { id: string; at: Point }[]): string | null {
  const [dx, dy] = key === 'ArrowLeft' ? [-1, 0] : key === 'ArrowRight' ? [1, 0] : key === 'ArrowUp' ? [0, 1] : [0, -1];
  let best: string | null = null;
  let least = Infinity;
  for (const { id, at } of marks) {
    const [x, y] = [at[0] - from[0], at[1] - from[1]];
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy - y * dx);
    if (ahead <= 1e-9 || aside > 2 * ahead) continue;
    const far = ahead + 2 * aside;
    if (far < least) [best, least] = [id, far];
  }
  return best;
}
