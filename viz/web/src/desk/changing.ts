/** What happened between two dates: in words, and street by street on a small map whose marks stand clear of each other. */
import type { Schemas } from '../api/client';

export type Event = Schemas['ChangeEvent'];
export type Street = Schemas['StreetChanges'];
export const EVENTS = [
  'formed', 'recorded_late', 'dissolved', 'restored', 'succeeded', 'merged', 'renamed', 'moved', 'resubordinated',
  'added', 'closed', 'unlisted', 'left_base', 'entered_base', 'left_unit', 'joined_unit', 'uncovered', 'covered',
] as const; // prettier-ignore
export type EventName = (typeof EVENTS)[number];
export const DIRECTIONS = ['came', 'went', 'changed'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Shapes of directions, one unit wide: up, down, a diamond. */
export const SHAPES: Record<Direction, string> = {
  came: 'M0 -1L.95 .75H-.95Z',
  went: 'M0 1L.95 -.75H-.95Z',
  changed: 'M0 -1L1 0L0 1L-1 0Z',
};

export interface Placed {
  street: Street;
  x: number;
  y: number;
  /** Half of what its marks take. */
  r: number;
}
export interface Plot {
  width: number;
  height: number;
  placed: Placed[];
  /** Streets without a position: in the table only. */
  nowhere: number;
}

/** What a street's marks with its name take: in height, and half of the least width. */
const HIGH = 42;
const HALF = 31;
const LEAST = 4;
const MOST = 15;

/** How large a mark of so many is: its area goes with the number. */
export function size(n: number, most: number): number {
  return n <= 0 ? 0 : LEAST + (MOST - LEAST) * Math.sqrt(n / Math.max(1, most));
}

export function plot(streets: readonly Street[], width: number): Plot {
  const known = streets.flatMap((street) => (street.lon === null || street.lat === null ? [] : [{ street, lon: street.lon, lat: street.lat }]));
  const nowhere = streets.length - known.length;
  if (!known.length) return { width, height: 0, placed: [], nowhere };
  const lons = known.map(({ lon }) => lon);
  const lats = known.map(({ lat }) => lat);
  const [west, east, south, north] = [Math.min(...lons), Math.max(...lons), Math.min(...lats), Math.max(...lats)];
  const shrink = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const margin = 56;
  const span = Math.max((east - west) * shrink, 1e-6);
  const height = Math.round(Math.min(520, Math.max(240, ((width - 2 * margin) * Math.max(north - south, 1e-6)) / span + 2 * margin)));
  const scale = Math.min((width - 2 * margin) / span, (height - 2 * margin) / Math.max(north - south, 1e-6));
  const most = Math.max(1, ...known.map(({ street }) => Math.max(street.came, street.went, street.changed)));
  const placed = known.map(({ street, lon, lat }) => ({
    street,
    x: width / 2 + (lon - (west + east) / 2) * shrink * scale,
    y: height / 2 - (lat - (south + north) / 2) * scale,
    r: Math.max(HALF, DIRECTIONS.reduce((all, one) => all + size(street[one], most), 4)),
  }));
  // apart: the same steps for the same streets; each takes a box for its marks and its name
  for (let turn = 0; turn < 120; turn += 1) {
    let moved = false;
    for (const [k, a] of placed.entries()) {
      for (const b of placed.slice(k + 1)) {
        const over = a.r + b.r + 2 - Math.abs(b.x - a.x);
        const under = HIGH - Math.abs(b.y - a.y);
        if (over <= 0 || under <= 0) continue;
        if (over < under) {
          const by = (b.x < a.x ? -over : over) / 2;
          a.x -= by;
          b.x += by;
        } else {
          const by = (b.y < a.y ? -under : under) / 2;
          a.y -= by;
          b.y += by;
        }
        moved = true;
      }
    }
    for (const one of placed) {
      one.x = Math.max(one.r + 2, Math.min(width - one.r - 2, one.x));
      one.y = Math.max(18, Math.min(height - 26, one.y));
    }
    if (!moved) break;
  }
  return { width, height, placed, nowhere };
}

/** What a value of an event is called: a code's name with it. */
export function called(value: unknown, named: Readonly<Record<string, string>>): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => called(one, named)).join('、');
  if (typeof value === 'object') {
    return Object.values(value)
      .map((one) => called(one, named))
      .filter(Boolean)
      .join(' ');
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const name = named[text];
  return name ? `${name} (${text})` : text;
}

/** Two dates of those there are: the latest, and the one before it. */
export function lastTwo(dates: readonly string[]): [string, string] | null {
  const [to, from] = [...new Set(dates)].sort().reverse();
  return to && from ? [from, to] : null;
}
