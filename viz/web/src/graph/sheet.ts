/** One picture in pixels: marks, lines and names where there is room for them. The screen, PNG, SVG and offline pages show the same. */
import type { Link, Thing } from './neighbourhood';
import { projected, type Camera } from '../geometry/camera';
import { bounds, type Point, type Size } from '../geometry/plane';

export interface Mark extends Point {
  key: string;
  kind: string;
  name: string;
  radius: number;
  chosen: boolean;
  cursor: boolean;
  pinned: boolean;
}
export interface Line {
  key: string;
  kind: string;
  from: Point;
  bend: Point;
  to: Point;
  head: readonly [Point, Point, Point];
  strong: boolean;
  faint: boolean;
}
export interface Name extends Point {
  key: string;
  text: string;
  anchor: 'end' | 'middle' | 'start';
  strong: boolean;
}
export interface Sheet {
  size: Size;
  marks: Mark[];
  lines: Line[];
  names: Name[];
}
export interface Shown {
  things: readonly Thing[];
  links: readonly Link[];
  at: ReadonlyMap<string, Point>;
  chosen: ReadonlySet<string>;
  cursor: string | null;
  pinned: { has: (key: string) => boolean };
  /** Relations that stand out, by key. */
  strong: ReadonlySet<string>;
  /** What all others are around: drawn larger. */
  focus?: string;
}

/** Pixels of a mark: less where all of a large drawing is seen. */
const [SMALLEST, LARGEST] = [4, 9];
export const radiusAt = (scale: number): number => Math.min(LARGEST, Math.max(SMALLEST, scale * 1.9));
const APART = 11;
const HEAD = 7;
const HIGH = 16;
const LONGEST = 26;
const MARGIN = 56;
const CLOSEST = 9;

/** A name as wide as so many Latin letters at most. */
export function shortened(text: string, most = LONGEST): string {
  let left = most;
  let out = '';
  for (const one of text) {
    left -= (one.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1;
    if (left < 0) return `${out}…`;
    out += one;
  }
  return out;
}

/** The camera that shows all of it. */
export function fitting(at: Iterable<Point>, { width, height }: Size): Camera {
  const all = bounds(at);
  if (!all) return { x: 0, y: 0, scale: 4 };
  const { left, right, top, bottom } = all;
  // names stand beside marks, mostly to the right: room for them
  const wide = Math.max(60, width - 2 * MARGIN - Math.min(110, width * 0.12));
  const high = Math.max(60, height - 2 * MARGIN);
  const scale = Math.min(CLOSEST, wide / Math.max(right - left, 1e-6), high / Math.max(bottom - top, 1e-6));
  return { x: (left + right) / 2 + Math.min(50, width * 0.05) / scale, y: (top + bottom) / 2, scale };
}

type Box = readonly [number, number, number, number];
const free = ([left, top, right, bottom]: Box, taken: readonly Box[]): boolean => !taken.some(([l, t, r, b]) => left < r && l < right && top < b && t < bottom);

function lines(shown: Shown, marks: ReadonlyMap<string, Mark>): Line[] {
  const beside = new Map<string, number>();
  const pair = ({ from, to }: Link) => (from < to ? `${from}\n${to}` : `${to}\n${from}`);
  for (const link of shown.links) beside.set(pair(link), (beside.get(pair(link)) ?? 0) + 1);
  const turn = new Map<string, number>();
  return shown.links.flatMap((link) => {
    const a = marks.get(link.from);
    const b = marks.get(link.to);
    if (!a || !b || a === b) return [];
    const name = pair(link);
    const k = turn.get(name) ?? 0;
    turn.set(name, k + 1);
    // several relations between two lie side by side, whichever way each goes
    const aside = (k - ((beside.get(name) ?? 1) - 1) / 2) * APART * 2 * (link.from < link.to ? 1 : -1);
    const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [ux, uy] = [(b.x - a.x) / far, (b.y - a.y) / far];
    const bend = { x: (a.x + b.x) / 2 - uy * aside, y: (a.y + b.y) / 2 + ux * aside };
    const towards = (from: Point, end: Point, gap: number): Point => {
      const long = Math.hypot(end.x - from.x, end.y - from.y) || 1;
      return { x: from.x + ((end.x - from.x) / long) * gap, y: from.y + ((end.y - from.y) / long) * gap };
    };
    const from = towards(a, bend, Math.min(a.radius + 2, far / 3));
    const to = towards(b, bend, Math.min(b.radius + 3, far / 3));
    const long = Math.min(HEAD, b.radius);
    const back = towards(to, bend, long);
    const [hx, hy] = [(to.y - back.y) * 0.45, -(to.x - back.x) * 0.45];
    const strong = shown.strong.has(link.key);
    return [{
      key: link.key, kind: link.kind, from, bend, to, strong, faint: shown.strong.size > 0 && !strong,
      head: [to, { x: back.x + hx, y: back.y + hy }, { x: back.x - hx, y: back.y - hy }] as const,
    }];
  });
}

function names(shown: Shown, marks: readonly Mark[], size: Size, measure: (text: string, strong: boolean) => number): Name[] {
  const degree = new Map<string, number>();
  for (const { from, to } of shown.links) for (const key of [from, to]) degree.set(key, (degree.get(key) ?? 0) + 1);
  const weight = (mark: Mark) => (mark.cursor ? 1e6 : 0) + (mark.chosen ? 1e5 : 0) + (mark.pinned ? 1e3 : 0) + (degree.get(mark.key) ?? 0);
  const taken: Box[] = marks.map(({ x, y, radius: r }) => [x - r, y - r, x + r, y + r]);
  const named: Box[] = [];
  const out: Name[] = [];
  for (const mark of [...marks].sort((a, b) => weight(b) - weight(a))) {
    if (mark.x < -20 || mark.y < -20 || mark.x > size.width + 20 || mark.y > size.height + 20) continue;
    const strong = mark.chosen || mark.cursor;
    const text = shortened(mark.name);
    const wide = measure(text, strong);
    const gap = mark.radius + 5;
    const places: readonly (readonly [Name['anchor'], number, number, number])[] = [
      ['start', mark.x + gap, mark.x + gap, mark.y],
      ['middle', mark.x, mark.x - wide / 2, mark.y + gap + HIGH / 2],
      ['end', mark.x - gap, mark.x - gap - wide, mark.y],
      ['middle', mark.x, mark.x - wide / 2, mark.y - gap - HIGH / 2],
    ];
    const boxed = ([, , left, y]: (typeof places)[number]): Box => [left, y - HIGH / 2, left + wide, y + HIGH / 2];
    const onPage = places.filter(([, , left]) => left >= 2 && left + wide <= size.width - 2);
    // what is pointed at is always named, over other marks where there is no other place
    const place = onPage.find((one) => free(boxed(one), taken)) ?? (strong ? onPage.find((one) => free(boxed(one), named)) : undefined);
    if (!place) continue;
    named.push(boxed(place));
    taken.push(boxed(place));
    out.push({ key: mark.key, text, x: place[1], y: place[3], anchor: place[0], strong });
  }
  return out;
}

export function sheet(shown: Shown, camera: Camera, size: Size, measure: (text: string, strong: boolean) => number): Sheet {
  const marks = shown.things.flatMap((thing): Mark[] => {
    const point = shown.at.get(thing.key);
    if (!point) return [];
    const chosen = shown.chosen.has(thing.key);
    const cursor = shown.cursor === thing.key;
    return [{ ...projected(point, camera, size), key: thing.key, kind: thing.kind, name: thing.name, radius: radiusAt(camera.scale) * (thing.key === shown.focus ? 1.4 : 1), chosen, cursor, pinned: shown.pinned.has(thing.key) }];
  });
  return { size, marks, lines: lines(shown, new Map(marks.map((mark) => [mark.key, mark]))), names: names(shown, marks, size, measure) };
}

/** How large a picture has to be for names to have room in it, as wide and high as what lies in it. */
export function roomy(at: Iterable<Point>): Size {
  const all = [...at];
  const { left, right, top, bottom } = bounds(all) ?? { left: 0, right: 0, top: 0, bottom: 0 };
  const side = Math.min(2_000, Math.max(620, Math.sqrt(all.length) * 105));
  const ratio = all.length > 1 ? Math.min(1.9, Math.max(0.7, Math.max(1, right - left) / Math.max(1, bottom - top))) : 1.3;
  return { width: Math.round(side * Math.sqrt(ratio)) + 200, height: Math.round(side / Math.sqrt(ratio)) };
}

/** The mark at a place, the last drawn first. */
export function hit(marks: readonly Mark[], { x, y }: Point, near = 5): Mark | null {
  return marks.findLast((mark) => Math.hypot(mark.x - x, mark.y - y) <= mark.radius + near) ?? null;
}
