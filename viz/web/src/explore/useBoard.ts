/** The board of a page: what is done to it, what the service says of it, where things lie, and the address that holds it all. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, overtaken, post, type Problem, type Schemas } from '../api/client';
import type { Point } from '../geometry/plane';
import { isChain, layers } from '../graph/layers';
import { Forces, placed } from '../graph/positions';
import { go, page, type Held, type PageView } from '../state/address';
import { problemOf } from '../state/asked';
import { apply, EMPTY, type Board, type Command } from './board';
import { read, write } from './held';
import { act, begin, redo, undo, type History } from './history';
import { drawn, learn, NOTHING, select, type Known } from './known';

type Saved = Schemas['Saved'];
type Past = History<Board, Command>;
/** Steps of the forces a frame: some 10 ms. */
const A_FRAME = 10;
/** Neighbours that are asked for of each group: as many as a board holds. */
export const EACH = 500;

/** The last board of this tab: whoever comes back finds it. */
let last: { history: Past; at: ReadonlyMap<string, Point>; saved: string | null; text: string } | null = null;

function opened(saved: Saved): { board: Board; at: Map<string, Point> } {
  const at = new Map(saved.things.map(({ id, x, y }) => [id, { x, y }]));
  const there = new Set(at.keys());
  const held = new Map(saved.things.map(({ id, by }) => {
    const holders = by.filter((one) => there.has(one) && one !== id);
    return [id, new Set(holders.length ? holders : [''])];
  }));
  const pinned = new Map(saved.things.filter((one) => one.pinned).map(({ id, x, y }) => [id, { x, y }]));
  return { board: { ...EMPTY, held, pinned, without: new Set(saved.without), layout: saved.layout, asOf: saved.as_of }, at };
}

export function useBoard(view: PageView) {
  const [history, setHistory] = useState<Past>(() => begin(EMPTY));
  const [known, setKnown] = useState<Known>(NOTHING);
  const [at, setAt] = useState<ReadonlyMap<string, Point>>(new Map());
  const [saved, setSaved] = useState<string | null>(null);
  const [missing, setMissing] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const [fit, setFit] = useState(0);
  const [moving, setMoving] = useState(false);
  const [anew, setAnew] = useState(0);
  const [opening, setOpening] = useState(false);
  const written = useRef<string | null>(null);
  // what this page wrote into the address: it may come back later than the next is written
  const ours = useRef(new WeakSet<Held>());
  const incoming = useRef(false);
  const asOf = history.now.asOf ?? undefined;
  const date = useRef(history.now.asOf);
  date.current = history.now.asOf;
  const board = history.now;

  const put = (past: Past, places: ReadonlyMap<string, Point>, from: string | null) => {
    setHistory(past);
    setAt(places);
    setSaved(from);
    setProblem(null);
    setFit((n) => n + 1);
  };
  // -- from the address: by hand, by a link, back and forward
  useEffect(() => {
    if (ours.current.has(view.held)) return;
    ours.current.add(view.held);
    const text = JSON.stringify(view.held);
    written.current = text;
    incoming.current = true;
    const { saved: id, with: more, ...held } = view.held;
    setMissing(0);
    if (more) {
      const base = last ?? { history: begin<Board, Command>(EMPTY), at: new Map<string, Point>(), saved: null, text: '' };
      put(act(base.history, { does: 'add', keys: more.split(' ') }, apply), base.at, base.saved);
    } else if (id && !held['show']) {
      const ending = new AbortController();
      setOpening(true);
      get<Saved>(`/views/saved/${encodeURIComponent(id)}`, {}, ending.signal).then(
        (answer) => {
          const found = opened(answer);
          put(begin(found.board), found.at, id);
          setMissing(answer.outside);
          setOpening(false);
        },
        (error: unknown) => {
          if (overtaken(error)) return;
          setOpening(false);
          setProblem(problemOf(error));
        },
      );
      return () => ending.abort();
    } else if (last && (text === last.text || text === '{}')) put(last.history, last.at, last.saved);
    else {
      const found = read(held);
      put(begin(found.board), found.at, id ?? null);
    }
    return undefined;
  }, [view.held]);

  // -- what the service says of it
  useEffect(() => setKnown(NOTHING), [asOf]);
  const keys = useMemo(() => [...board.held.keys()].filter((key) => !known.outside.has(key)), [board.held, known.outside]);
  const untied = keys.some((key) => !known.tied.has(key));
  useEffect(() => {
    if (!untied || !keys.length) return;
    let wanted = true;
    post<Schemas['Selection']>('/selection', { ids: keys, as_of: asOf ?? null }).then(
      (answer) => {
        if (!wanted) return;
        setProblem(null);
        setKnown((before) => select(before, keys, answer));
      },
      (error: unknown) => {
        if (wanted) setProblem(problemOf(error));
      },
    );
    return () => {
      wanted = false;
    };
  }, [untied, keys, asOf, turn]);

  const shown = useMemo(() => drawn(board, known), [board, known]);

  // -- where it lies
  const flat = board.layout === 'levels' || (board.layout === 'auto' && isChain(shown.links));
  const drawing = useMemo(() => `${shown.things.map(({ key }) => key).join('\n')}\n\n${shown.links.map(({ key }) => key).join('\n')}`, [shown]);
  const homeless = shown.things.some(({ key }) => !at.has(key));
  const ready = (!untied || problem !== null) && shown.things.length > 0;
  const arranged = useRef(0);
  const wasFlat = useRef<boolean | null>(null);
  useEffect(() => {
    if (!ready) return;
    const asked = arranged.current !== anew;
    const turned = wasFlat.current !== null && wasFlat.current !== flat;
    arranged.current = anew;
    wasFlat.current = flat;
    if (!homeless && !asked && !turned) return;
    const here = new Map([...(asked && !flat ? [] : at), ...board.pinned]);
    if (flat) {
      setAt(new Map([...at, ...layers(shown.things, shown.links)]));
      setFit((n) => n + 1);
      return;
    }
    let now = placed(shown.things, shown.links, here);
    const forces = new Forces(shown.things, shown.links, now, new Set(board.pinned.keys()));
    let left = forces.rest;
    let frame = 0;
    setMoving(true);
    const step = () => {
      now = forces.steps(Math.min(A_FRAME, left));
      left -= A_FRAME;
      setAt((before) => new Map([...before, ...now]));
      if (left > 0) frame = requestAnimationFrame(step);
      else setMoving(false);
    };
    if (left) frame = requestAnimationFrame(step);
    else {
      setAt((before) => new Map([...before, ...now]));
      setMoving(false);
    }
    return () => {
      cancelAnimationFrame(frame);
      setMoving(false);
    };
    // what is pinned meanwhile begins nothing anew
  }, [ready, drawing, flat, anew]);

  const points = useMemo(() => {
    const all = new Map<string, Point>();
    for (const { key } of shown.things) {
      const point = board.pinned.get(key) ?? at.get(key);
      if (point) all.set(key, point);
    }
    return all;
  }, [shown.things, at, board.pinned]);

  // -- into the address, once it has come to rest
  useEffect(() => {
    if (incoming.current) {
      incoming.current = false; // what the address says is about to be taken
      return;
    }
    if (opening || moving) return;
    const held: Held = { ...write({ board, at }), ...(saved && board.held.size ? { saved } : {}) };
    const text = JSON.stringify(held);
    last = { history, at, saved, text };
    if (text === written.current) return;
    written.current = text;
    ours.current.add(held);
    go(page('explore', held), 'instead');
  }, [history, at, moving, opening, saved, view.held]);

  return {
    board, known, shown, points, fit, moving, opening: opening || written.current === null, problem, saved, flat,
    /** Things that a saved view had, or an address names, and that are not shown to who looks. */
    outside: missing + known.outside.size,
    can: { undo: history.past.length > 0, redo: history.future.length > 0 },
    last: history.past.at(-1)?.command ?? null,
    act: (command: Command) => setHistory((before) => act(before, command, apply)),
    undo: () => setHistory((before) => undo(before)),
    redo: () => setHistory((before) => redo(before)),
    /** Whether this is the date that is shown now: what was asked for another is of no use. */
    isOf: (asked: string | null) => date.current === asked,
    learn: (answer: Schemas['Connected']) => setKnown((before) => learn(before, answer)),
    /** Lets things lie where they are drawn now, for when they are unpinned. */
    settle: (some: readonly string[]) => setAt((before) => new Map([...before, ...some.flatMap((key) => {
      const point = board.pinned.get(key);
      return point ? [[key, point] as const] : [];
    })])),
    arrange: () => {
      setAnew((n) => n + 1);
      setFit((n) => n + 1);
    },
    again: () => setTurn((n) => n + 1),
    named: setSaved,
  };
}
export type OnBoard = ReturnType<typeof useBoard>;
