/** Tiles as they come: fetched as pictures, kept while there is room, drawn where they lie; what is missing is drawn from one above. */
import type { Frame, Point } from './frame';
import type { Box } from './question';
import { above, addressOf, cornerOf, keyOf, tilesOf, type Shift, type Tile } from './tiles';

/** Tiles that are kept: some pictures' worth. */
const KEPT = 400;
/** Levels above that stand in for a tile that is not there yet. */
const ABOVE = 4;

interface Kept {
  picture: HTMLImageElement;
  is: 'asked' | 'lost' | 'there';
}

export class TileLayer {
  private readonly kept = new Map<string, Kept>();
  private lost = 0;
  private came = 0;

  /** @param told of each tile that came or did not, with how many of either there are */
  constructor(
    private readonly address: string,
    private readonly told: (came: number, lost: number) => void,
  ) {}

  private get(tile: Tile, ask: boolean): Kept | undefined {
    const key = keyOf(tile);
    const found = this.kept.get(key);
    if (found) {
      // the last used are the last to go
      this.kept.delete(key);
      this.kept.set(key, found);
      return found;
    }
    if (!ask) return undefined;
    const picture = new Image();
    const made: Kept = { picture, is: 'asked' };
    picture.decoding = 'async';
    picture.onload = () => {
      made.is = 'there';
      this.told(++this.came, this.lost);
    };
    picture.onerror = () => {
      made.is = 'lost';
      this.told(this.came, ++this.lost);
    };
    picture.src = addressOf(this.address, tile);
    this.kept.set(key, made);
    for (const [old, { is }] of this.kept) {
      if (this.kept.size <= KEPT) break;
      if (is !== 'asked') this.kept.delete(old);
    }
    return made;
  }

  /**
   * Draws the tiles under a box of degrees.
   *
   * @param moving whether the camera is on its way: then nothing is asked for
   * @returns how many were drawn
   */
  paint(context: CanvasRenderingContext2D, on: Frame, box: Box, put: (at: Point) => Point, size: readonly [number, number], shift: Shift | null, moving: boolean): number {
    let drawn = 0;
    const [width] = size;
    const place = (x: number, y: number, z: number) => put(on.put('geographic', ...cornerOf(x, y, z, shift)));
    for (const tile of tilesOf(box, width * devicePixels(), shift)) {
      let found = this.get(tile, !moving);
      let part: readonly [number, number, number] = [0, 0, 1];
      for (let by = 1; found?.is !== 'there' && by <= Math.min(ABOVE, tile.z); by++) {
        const up = above(tile, by);
        // one that will not come is stood in for by the one above, which may have to be asked for
        const next = this.get(up.tile, !moving && found?.is === 'lost');
        if (next) [found, part] = [next, up.part];
      }
      if (found?.is !== 'there') continue;
      const [left, top] = place(tile.x, tile.y, tile.z);
      const [right, bottom] = place(tile.x + 1, tile.y + 1, tile.z);
      const { picture } = found;
      const [wide, high] = [picture.naturalWidth, picture.naturalHeight];
      // whole pixels: no seams between neighbours
      const [x, y] = [Math.round(left), Math.round(top)];
      context.drawImage(picture, part[0] * wide, part[1] * high, part[2] * wide, part[2] * high, x, y, Math.round(right) - x, Math.round(bottom) - y);
      drawn++;
    }
    return drawn;
  }
}

/** On a fine screen tiles of one zoom more, as far as that goes. */
function devicePixels(): number {
  return Math.min(devicePixelRatio || 1, 2) > 1.4 ? 2 : 1;
}
