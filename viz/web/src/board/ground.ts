/** Where things lie on the board's sheet: by their degrees, those on one spot apart; and which of their labels can be read. */
import { bounds, narrowing, type Point } from '../geometry/plane';

export interface Placed extends Point {
  code: string;
}

interface Located {
  code: string;
  lon: number | null;
  lat: number | null;
}

/** Degrees on a sheet and back. */
export interface Sheet {
  put: (lon: number, lat: number) => Point;
  take: (point: Point) => readonly [number, number];
}

/** A sheet of a size on which located things fit; null where none has a place. */
export function fitted(things: readonly Located[], width: number, height: number, pad = 28): Sheet | null {
  const wide = bounds(things.flatMap(({ lon, lat }) => (lon === null || lat === null ? [] : [{ x: lon, y: lat }])));
  if (!wide) return null;
  const squeeze = narrowing(wide.top, wide.bottom);
  const across = (wide.right - wide.left) * squeeze;
  const up = wide.bottom - wide.top;
  const scale = Math.min((width - 2 * pad) / (across || 1e-9), (height - 2 * pad) / (up || 1e-9), 4e6);
  const left = (width - across * scale) / 2;
  const bottom = (height + up * scale) / 2;
  return {
    put: (lon, lat) => ({ x: left + (lon - wide.left) * squeeze * scale, y: bottom - (lat - wide.top) * scale }),
    take: ({ x, y }) => [wide.left + (x - left) / squeeze / scale, wide.top + (bottom - y) / scale],
  };
}

/** Puts located things on a sheet; what lies on one spot is fanned out, so that each can be seen. */
export function laid(things: readonly Located[], on: Sheet | null): Placed[] {
  const seen = new Map<string, number>();
  return things.flatMap(({ code, lon, lat }) => {
    if (!on || lon === null || lat === null) return [];
    const { x, y } = on.put(lon, lat);
    const spot = `${Math.round(x)} ${Math.round(y)}`;
    const n = seen.get(spot) ?? 0;
    seen.set(spot, n + 1);
    // a sunflower: the n-th of a spot by the golden angle
    const away = 4.2 * Math.sqrt(n);
    return { code, x: x + away * Math.cos(n * 2.39996), y: y + away * Math.sin(n * 2.39996) };
  });
}

export interface Label extends Point {
  code: string;
  text: string;
  /** How much it matters: of two that collide, the greater is shown. */
  weight: number;
}

/** The labels that can be read: of those that would lie over each other the weightiest; `size` is that of a letter. */
export function legible(labels: readonly Label[], size: number): Set<string> {
  const taken: { x: number; y: number; half: number }[] = [];
  const out = new Set<string>();
  for (const { code, text, x, y } of [...labels].sort((a, b) => b.weight - a.weight)) {
    const half = (Array.from(text).reduce((sum, letter) => sum + (letter > '\u2e80' ? 1 : 0.6), 0) * size) / 2;
    if (taken.some((one) => Math.abs(one.x - x) < one.half + half && Math.abs(one.y - y) < size * 1.15)) continue;
    taken.push({ x, y, half });
    out.add(code);
  }
  return out;
}
