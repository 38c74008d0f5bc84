/** Paints on canvases what is no point of the graphics card: outlines under the marks, shares and names over them. */
import { number } from '../texts';
import type { Mark, Point } from './frame';
import { look, shade, type Look, type Pattern } from './looks';
import type { Colouring } from './question';
import { LEVELS, numberOf, type Level } from './scene';

export interface Placed {
  mark: Mark;
  at: Point;
  radius: number;
}
export interface Outlined {
  mark: Mark;
  /** The largest part first. */
  rings: readonly (readonly Point[])[];
}
export interface Tie {
  from: Point;
  to: Point;
  kind: string;
  number: number;
}
export interface Ink {
  ground: string;
  ink: string;
  quiet: string;
  mark: string;
  dark: boolean;
}
export interface Painted {
  placed: readonly Placed[];
  outlined: readonly Outlined[];
  ties: readonly Tie[];
  level: Level;
  colour: Colouring;
  looks: readonly Look[];
  chosen: string | null;
  hovered: string | null;
  /** Of marks that changed since the last visit. */
  changed: ReadonlySet<string>;
  ink: Ink;
  /** From the square to the picture's pixels. */
  put: (at: Point) => Point;
  /** Whether tiles show through: then areas are filled more thinly. */
  tiled: boolean;
  width: number;
  height: number;
}

/** How thick the slices of a ring are: width tells values apart where colour does not. */
const THICK: Record<Pattern, readonly [number, number]> = {
  full: [0.5, 1], dot: [0.58, 1], half: [0.7, 1], bar: [0.62, 1], split: [0.66, 1], ring: [0.76, 1], cross: [0.5, 1.18],
};
/** Names that room is looked for in a frame. */
const TRIED = 600;
const FONT = 'system-ui, "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

/** The share of a mark that its ground shows: of its base what is covered, of its organizations who is to join others; null of none. */
export function rate(mark: Mark, colour: Colouring): number | null {
  const { counts, shares } = mark;
  // the first two values are new joint units and units that there are
  if (colour === 'group') return counts?.organizations ? ((shares?.[0] ?? 0) + (shares?.[1] ?? 0)) / counts.organizations : null;
  return counts?.base ? counts.base_covered / counts.base : null;
}

export function looksOf(legend: readonly { id?: string | null }[], dark: boolean): Look[] {
  return legend.map(({ id }, at) => look(id ?? null, at, dark));
}

function fillOf(mark: Mark, painted: Painted): string | null {
  if (painted.colour === 'coverage' || painted.colour === 'group') {
    const share = rate(mark, painted.colour);
    return share === null ? null : shade(share, painted.ink.dark);
  }
  const shares = mark.shares ?? [];
  const most = shares.reduce((best, n, at) => (n > (shares[best] ?? 0) ? at : best), 0);
  return shares[most] ? `${painted.looks[most]?.colour ?? '#888888'}38` : null;
}

function trace(context: CanvasRenderingContext2D, rings: Outlined['rings'], put: Painted['put']): void {
  context.beginPath();
  for (const points of rings) {
    for (const [k, point] of points.entries()) {
      const [x, y] = put(point);
      if (k) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
    context.closePath();
  }
}

export function paintUnder(context: CanvasRenderingContext2D, painted: Painted): void {
  const { ink, put } = painted;
  context.clearRect(0, 0, painted.width, painted.height);
  const deepest = painted.outlined.reduce((most, { mark }) => Math.max(most, LEVELS.indexOf(mark.level)), 0);
  for (const { mark, rings } of painted.outlined) {
    const deep = LEVELS.indexOf(mark.level);
    trace(context, rings, put);
    const fill = deep >= deepest - 1 ? fillOf(mark, painted) : null;
    if (fill !== null) {
      context.globalAlpha = painted.tiled ? 0.36 : 0.62;
      context.fillStyle = fill;
      context.fill('evenodd');
      context.globalAlpha = 1;
    }
    const here = mark.id === painted.chosen;
    const over = mark.id === painted.hovered;
    context.lineWidth = here ? 3 : over ? 2.2 : deep === 0 ? 1.6 : deep === 1 ? 1 : 0.7;
    context.strokeStyle = here || over ? ink.mark : ink.quiet;
    context.globalAlpha = here || over ? 1 : deep === 0 ? 0.9 : 0.55;
    context.stroke();
    context.globalAlpha = 1;
  }
}

function paintShares(context: CanvasRenderingContext2D, x: number, y: number, radius: number, mark: Mark, painted: Painted): void {
  const { ink, looks } = painted;
  const shares = mark.shares ?? [];
  const whole = shares.reduce((a, b) => a + b, 0);
  context.beginPath();
  context.arc(x, y, whole ? radius : 7, 0, Math.PI * 2);
  context.fillStyle = ink.ground;
  context.fill();
  if (!whole) {
    // nothing to share out: only units, or only organizations where units are coloured
    context.lineWidth = 1.5;
    context.strokeStyle = ink.quiet;
    context.strokeRect(x - 4, y - 4, 8, 8);
    return;
  }
  let turn = -Math.PI / 2;
  for (const [k, n] of shares.entries()) {
    if (!n) continue;
    const { colour, pattern } = looks[k] ?? { colour: '#888888', pattern: 'full' as const };
    const [inner, outer] = THICK[pattern];
    const end = turn + (n / whole) * Math.PI * 2;
    context.beginPath();
    context.arc(x, y, radius * outer, turn, end);
    context.arc(x, y, radius * inner, end, turn, true);
    context.closePath();
    context.fillStyle = colour;
    context.fill();
    if (n < whole) {
      context.lineWidth = radius > 10 ? 1.2 : 0.6;
      context.strokeStyle = ink.ground;
      context.stroke();
    }
    turn = end;
  }
}

/** In pixels of the picture: left, top, right, bottom. */
export type Box = readonly [number, number, number, number];

function meets([left, top, right, bottom]: Box, boxes: readonly Box[]): boolean {
  return boxes.some(([l, t, r, b]) => left < r && l < right && top < b && t < bottom);
}

/** Boxes of names of this frame: none is written over another, nor under what stands over the picture. */
class Room {
  constructor(private readonly taken: Box[]) {}
  take(box: Box): boolean {
    if (meets(box, this.taken)) return false;
    this.taken.push(box);
    return true;
  }
}

function compact(n: number): string {
  return n < 10_000 ? number(n) : `${Math.round(n / 1000)}k`;
}

/** @param covered what stands over the picture, such as its buttons; asked for only where names are written */
export function paintOver(context: CanvasRenderingContext2D, painted: Painted, moving: boolean, covered: () => readonly Box[] = () => []): void {
  const { ink, put, width, height } = painted;
  context.clearRect(0, 0, width, height);
  const seen: { placed: Placed; x: number; y: number }[] = [];
  for (const placed of painted.placed) {
    const [x, y] = put(placed.at);
    if (x > -50 && y > -50 && x < width + 50 && y < height + 50) seen.push({ placed, x, y });
  }
  seen.sort((a, b) => b.placed.radius - a.placed.radius);
  for (const { placed, x, y } of seen) {
    const { mark, radius } = placed;
    if (!mark.counts) continue;
    paintShares(context, x, y, radius, mark, painted);
    if (radius >= 15) {
      const text = compact(numberOf(mark));
      context.font = `600 ${radius >= 22 ? 12 : 10}px ${FONT}`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillStyle = ink.ink;
      if (context.measureText(text).width < radius * 1.05) context.fillText(text, x, y + 0.5);
    }
  }
  for (const { placed, x, y } of seen) {
    const { mark, radius } = placed;
    if (painted.changed.has(mark.id)) {
      context.beginPath();
      context.moveTo(x + radius * 0.75, y - radius - 6);
      context.lineTo(x + radius * 0.75 + 5, y - radius + 3);
      context.lineTo(x + radius * 0.75 - 5, y - radius + 3);
      context.closePath();
      context.fillStyle = ink.mark;
      context.fill();
      context.lineWidth = 1.5;
      context.strokeStyle = ink.ground;
      context.stroke();
    }
    if (mark.id === painted.chosen || mark.id === painted.hovered) {
      context.beginPath();
      context.arc(x, y, radius + 4, 0, Math.PI * 2);
      context.lineWidth = mark.id === painted.chosen ? 3 : 1.8;
      context.strokeStyle = ink.mark;
      context.stroke();
    }
  }
  if (moving) return; // names come when the picture stands
  const room = new Room([...covered()]);
  const boxOf = (text: string, x: number, y: number, size: number, weight: number): Box => {
    context.font = `${weight} ${size}px ${FONT}`;
    const wide = context.measureText(text).width;
    const left = Math.min(Math.max(x - wide / 2, 4), width - wide - 4);
    return [left - 2, y - size / 2 - 2, left + wide + 2, y + size / 2 + 2];
  };
  const write = (text: string, x: number, y: number, size: number, weight: number): boolean => {
    const box = boxOf(text, x, y, size, weight);
    if (!room.take(box)) return false;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.lineWidth = 3.5;
    context.lineJoin = 'round';
    context.strokeStyle = ink.ground;
    context.strokeText(text, box[0] + 2, y);
    context.fillStyle = ink.ink;
    context.fillText(text, box[0] + 2, y);
    return true;
  };
  const first = seen.find(({ placed }) => placed.mark.id === painted.chosen);
  if (first) write(first.placed.mark.name ?? first.placed.mark.code ?? '', first.x, first.y + first.placed.radius + 12, 13, 700);
  const marks = seen.length <= 400 ? seen.map(({ placed: { radius }, x, y }): Box => [x - radius * 0.7, y - radius * 0.7, x + radius * 0.7, y + radius * 0.7]) : [];
  for (const { mark, rings } of painted.outlined) {
    if (mark.level === painted.level || !mark.name) continue;
    const on = (rings[0] ?? []).map(put);
    const ys = on.map(([, y]) => y);
    const xs = on.map(([x]) => x);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    if (right < 0 || left > width || top > height || right - left < 40) continue;
    const size = mark.level === 'district' ? 14 : 12;
    const { name } = mark;
    const x = (Math.max(left, 0) + Math.min(right, width)) / 2;
    // in it at the top, else above or below it where that is free of marks; over marks only where no place is free of them
    const places = [Math.max(top, 2) + size / 2 + 5, top - size / 2 - 4, bottom + size / 2 + 4].filter((y) => y > size / 2 && y < height - size / 2);
    const free = places.filter((y) => !meets(boxOf(name, x, y, size, 700), marks));
    for (const y of new Set([...free, ...places])) if (write(name, x, y, size, 700)) break;
  }
  // marks keep their own room, so that no name lies over another mark
  for (const box of marks) room.take(box);
  let names = 0;
  let tried = 0;
  for (const { placed, x, y } of seen) {
    if (names >= 160 || tried >= TRIED) break;
    const text = placed.mark.name;
    if (!text || placed.mark.id === painted.chosen || x < 0 || x > width || y < 0 || y > height) continue;
    tried++;
    const short = text.length > 16 ? `${text.slice(0, 15)}…` : text;
    if (write(short, x, y + placed.radius + 10, 12, 400)) names++;
  }
}
