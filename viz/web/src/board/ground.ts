/** Points on a sheet: degrees to a plane, those that coincide apart, and the hull around some. */
export interface Point {
  x: number;
  y: number;
}
export interface Placed extends Point {
  code: string;
}

interface Located {
  code: string;
  lon: number | null;
  lat: number | null;
}

/** Puts located things on a sheet of a size; what lies on one spot is fanned out, so that each can be seen. */
export function laid(things: readonly Located[], width: number, height: number, pad = 28): Placed[] {
  const known = things.flatMap(({ code, lon, lat }) => (lon === null || lat === null ? [] : [{ code, lon, lat }]));
  if (!known.length) return [];
  const lats = known.map(({ lat }) => lat);
  const south = Math.min(...lats);
  const squeeze = Math.cos((((south + Math.max(...lats)) / 2) * Math.PI) / 180);
  const xs = known.map(({ lon }) => lon * squeeze);
  const west = Math.min(...xs);
  const across = Math.max(...xs) - west;
  const up = Math.max(...lats) - south;
  const scale = Math.min((width - 2 * pad) / (across || 1e-9), (height - 2 * pad) / (up || 1e-9), 4e6);
  const seen = new Map<string, number>();
  return known.map(({ code, lon, lat }) => {
    const x = (width - across * scale) / 2 + (lon * squeeze - west) * scale;
    const y = (height + up * scale) / 2 - (lat - south) * scale;
    const spot = `${Math.round(x)} ${Math.round(y)}`;
    const n = seen.get(spot) ?? 0;
    seen.set(spot, n + 1);
    // a sunflower: the n-th of a spot by the golden angle
    const away = 4.2 * Math.sqrt(n);
    return { code, x: x + away * Math.cos(n * 2.39996), y: y + away * Math.sin(n * 2.39996) };
  });
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

export function middle(points: readonly Point[]): Point {
  const n = points.length || 1;
  return { x: points.reduce((sum, { x }) => sum + x, 0) / n, y: points.reduce((sum, { y }) => sum + y, 0) / n };
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

/** A closed outline; a single point is a dot that round line ends make visible. */
export function outline(points: readonly Point[]): string {
  return points.length ? `M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z` : '';
}
