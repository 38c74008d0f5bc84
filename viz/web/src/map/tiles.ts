/** Which tiles of a street map lie under a picture, and where: Web Mercator onto the map's own square. */
import type { Schemas } from '../api/client';
import type { Box } from './question';

export type Shift = NonNullable<Schemas['MapTiles']['shift']>;
export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

/** Pixels of a tile's side, as providers draw them. */
export const SIDE = 256;
export const DEEPEST = 18;
/** Beyond it a picture would ask for more tiles than it has use for. */
export const MOST = 96;
/** Where Web Mercator ends. */
const HIGHEST = 85.0511;

const clamp = (n: number, least: number, most: number) => Math.min(Math.max(n, least), most);

/** Where a location lies among the tiles of a zoom: whole numbers are their corners. */
export function column(lon: number, z: number): number {
  return ((lon + 180) / 360) * 2 ** z;
}

export function row(lat: number, z: number): number {
  const phi = (clamp(lat, -HIGHEST, HIGHEST) * Math.PI) / 180;
  return ((1 - Math.asinh(Math.tan(phi)) / Math.PI) / 2) * 2 ** z;
}

export function lonOf(x: number, z: number): number {
  return (x / 2 ** z) * 360 - 180;
}

export function latOf(y: number, z: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;
}

/** How far tiles lie off at a location: even between a box's corners, beyond it as at its edge. */
export function shiftAt(shift: Shift | null, lon: number, lat: number): readonly [number, number] {
  if (!shift) return [0, 0];
  const [west = 0, south = 0, east = 1, north = 1] = shift.box;
  const u = clamp((lon - west) / (east - west || 1), 0, 1);
  const v = clamp((lat - south) / (north - south || 1), 0, 1);
  const mix = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]) => (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v;
  return [mix(shift.lon), mix(shift.lat)];
}

/** Where a corner of tiles really lies: what is drawn there is `shift` off. */
export function cornerOf(x: number, y: number, z: number, shift: Shift | null): readonly [number, number] {
  const [lon, lat] = [lonOf(x, z), latOf(y, z)];
  const [dx, dy] = shiftAt(shift, lon, lat);
  return [lon - dx, lat - dy];
}

/** The zoom whose tiles are drawn about as large as they are, for a box that is so many pixels wide. */
export function zoomOf([west, , east]: Box, wide: number): number {
  const exact = Math.log2((wide / SIDE) * (360 / Math.max(east - west, 1e-9)));
  return clamp(Math.round(exact), 0, DEEPEST);
}

/** The tiles under a box, from the middle outwards; a coarser zoom where they would be too many. */
export function tilesOf(box: Box, wide: number, shift: Shift | null): Tile[] {
  const [west, south, east, north] = box;
  const [dx, dy] = shiftAt(shift, (west + east) / 2, (south + north) / 2);
  for (let z = zoomOf(box, wide); z >= 0; z--) {
    const last = 2 ** z - 1;
    const left = clamp(Math.floor(column(west + dx, z)), 0, last);
    const right = clamp(Math.floor(column(east + dx, z)), 0, last);
    const top = clamp(Math.floor(row(north + dy, z)), 0, last);
    const bottom = clamp(Math.floor(row(south + dy, z)), 0, last);
    if ((right - left + 1) * (bottom - top + 1) > MOST) continue;
    const out: Tile[] = [];
    for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) out.push({ z, x, y });
    const far = ({ x, y }: Tile) => Math.hypot(x - (left + right) / 2, y - (top + bottom) / 2);
    return out.sort((a, b) => far(a) - far(b));
  }
  return [];
}

/** The tile that holds another, and which part of it that is: left, top and side, of its own side. */
export function above({ z, x, y }: Tile, by: number): { tile: Tile; part: readonly [number, number, number] } {
  const n = 2 ** by;
  return { tile: { z: z - by, x: Math.floor(x / n), y: Math.floor(y / n) }, part: [(x % n) / n, (y % n) / n, 1 / n] };
}

export function keyOf({ z, x, y }: Tile): string {
  return `${z}/${x}/${y}`;
}

export function addressOf(address: string, { z, x, y }: Tile): string {
  return address.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y));
}
