/** What lies under a map: asked for once for the city, then for what the camera sees, where there is more to know of it. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { read, write } from '../state/kept';
import { useAsked } from '../state/asked';
import { around, detail, merged, type Boundary } from './ground';
import type { Box } from './question';

type Answer = Schemas['Ground'];
export interface Ground {
  tiles: Schemas['MapTiles'] | null;
  /** By the division's code. */
  boundaries: ReadonlyMap<string, Boundary>;
  /** Whether tiles are wanted; kept in this browser. */
  wanted: boolean;
  want: (wanted: boolean) => void;
}

const NONE: ReadonlyMap<string, Boundary> = new Map();

/** @param seen the part of the map that the camera sees; null where it sees none of it @param high the picture's height in pixels */
export function useGround(seen: Box | null, high: number): Ground {
  const first = useAsked<Answer>('/ground?metres=200');
  const there = first.is === 'answered' ? first.answer : null;
  const [boundaries, set] = useState(NONE);
  const [wanted, want] = useState(() => read('tiles') !== 'off');
  const needed = there && seen && (there.boundaries > 0 || there.tiles?.shift) ? seen : null;
  const metres = needed ? detail(needed, high) : 200;
  const box = needed && (metres < (there?.metres ?? 200) || there?.left_out || there?.tiles?.shift) ? around(needed) : null;
  const path = box && `/ground?metres=${metres}&box=${box.join(',')}`;
  const [settled, settle] = useState<string | null>(null);
  useEffect(() => {
    // where the camera comes to rest, not what it passes
    const timer = setTimeout(() => settle(path), 200);
    return () => clearTimeout(timer);
  }, [path]);
  const more = useAsked<Answer>(settled);
  useEffect(() => {
    if (there) set((known) => merged(known, there));
  }, [there]);
  useEffect(() => {
    if (more.is === 'answered') set((known) => merged(known, more.answer));
  }, [more]);
  const close = more.is === 'answered' ? more.answer.tiles : null;
  const [tiles, setTiles] = useState<Ground['tiles']>(null);
  useEffect(() => {
    const next = close ?? there?.tiles;
    if (next) setTiles(next);
  }, [close, there]);
  return useMemo(
    () => ({
      tiles,
      boundaries,
      wanted,
      want: (next: boolean) => {
        write('tiles', next ? 'on' : 'off');
        want(next);
      },
    }),
    [tiles, boundaries, wanted],
  );
}
