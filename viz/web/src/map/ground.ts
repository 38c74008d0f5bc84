/** Boundaries of divisions as the service gives them, and which of them a camera needs. */
import type { Schemas } from '../api/client';
import type { Box } from './question';

type Answer = Pick<Schemas['Ground'], 'metres' | 'outlines' | 'scale'>;
export type Ring = readonly (readonly [number, number])[];

export interface Boundary {
  /** What its outline may be off. */
  readonly metres: number;
  /** In degrees; the larger polygons first, holes behind what they are in. */
  readonly rings: readonly Ring[];
}

/** A ring of whole numbers, each point the way from the one before, as degrees. */
export function unpacked(packed: readonly number[], scale: number): Ring {
  const out: [number, number][] = [];
  let [x, y] = [0, 0];
  for (let k = 0; k + 1 < packed.length; k += 2) {
    x += packed[k] ?? 0;
    y += packed[k + 1] ?? 0;
    out.push([x * scale, y * scale]);
  }
  return out;
}

/** What is known with an answer more: of each division the finest outline, so that none gets coarser on the way elsewhere. */
export function merged(known: ReadonlyMap<string, Boundary>, answer: Answer): ReadonlyMap<string, Boundary> {
  const { metres } = answer;
  if (metres === null) return known;
  const news = answer.outlines.filter(({ code }) => (known.get(code)?.metres ?? Infinity) > metres);
  if (!news.length) return known;
  const out = new Map(known);
  for (const { code, rings } of news) out.set(code, { metres, rings: rings.flatMap((part) => part.map((ring) => unpacked(ring, answer.scale))) });
  return out;
}

const METRES_PER_DEGREE = 111_319.49;
/** What a pixel is at, in the service's levels of detail; nothing in between makes a difference. */
const LEVELS = [200, 50, 12, 3];

/** Metres that a pixel is, as coarse as the service's levels are. */
export function detail(box: Box, high: number): number {
  const metres = ((box[3] - box[1]) * METRES_PER_DEGREE) / Math.max(high, 1);
  return LEVELS.find((level) => level <= metres) ?? 3;
}

/** A box with as much again around it, on a grid of its own size: small steps of a camera ask for nothing new. */
export function around([west, south, east, north]: Box): Box {
  const step = 2 ** Math.ceil(Math.log2(Math.max(east - west, north - south, 1e-4)));
  const grid = (n: number, up: boolean) => Number(((up ? Math.ceil(n / step + 0.25) : Math.floor(n / step - 0.25)) * step).toFixed(6));
  return [Math.max(grid(west, false), -180), Math.max(grid(south, false), -90), Math.min(grid(east, true), 180), Math.min(grid(north, true), 90)];
}
