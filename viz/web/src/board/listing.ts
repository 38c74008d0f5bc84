/** Who is on the board of a jurisdiction: the first entries at once, further ones as they are asked for. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, overtaken, type Problem } from '../api/client';
import { announce } from '../state/announce';
import { problemOf, shownOf, useAsked, type Asked } from '../state/asked';
import { number, t } from '../texts';
import { MOST, type Listed } from './held';

/** Entries of one answer at most (the service's). */
const LONGEST = 10_000;

export interface Listing {
  asked: Asked<Listed>;
  /** What there is so far, also while it is asked for anew; `null` while nothing is. */
  listed: Listed | null;
  busy: boolean;
  problem: Problem | null;
  /** Asks for the next ones. */
  further: () => void;
  /** Asks anew, for as many as there were. */
  again: () => void;
}

/** How many there are in all, whatever was asked for so far. */
export function many({ totals }: Listed, state?: string): number {
  return state === undefined ? totals.organizations : (totals.states[state] ?? 0);
}

/** @param on Whether anything is asked at all. */
export function useListing(within: string | undefined, state?: string, on = true): Listing {
  const [turn, setTurn] = useState(0);
  const [limit, setLimit] = useState(MOST);
  const asked = useAsked<Listed>(on ? '/board/list' : null, { in: within, state, limit }, turn, `${within ?? ''} ${state ?? ''}`);
  const first = on ? shownOf(asked) : null;
  const [later, setLater] = useState<{ of: Listed | null; pages: readonly Listed[] }>({ of: null, pages: [] });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => {
    setProblem(null);
    setBusy(false);
    return () => running.current?.abort();
  }, [first]);
  const listed = useMemo(() => {
    if (!first || later.of !== first || !later.pages.length) return first;
    return { ...first, entries: [first, ...later.pages].flatMap(({ entries }) => entries), next: later.pages.at(-1)?.next ?? null };
  }, [first, later]);
  const further = () => {
    if (!listed?.next || busy) return;
    const ending = (running.current = new AbortController());
    setBusy(true);
    setProblem(null);
    // a page is as long as the first: its cursor says where it begins
    get<Listed>('/board/list', { in: within, state, limit, cursor: listed.next }, ending.signal).then(
      (page) => {
        setBusy(false);
        setLater((before) => ({ of: first, pages: before.of === first ? [...before.pages, page] : [page] }));
        announce(t('board.loaded', { shown: number(listed.entries.length + page.entries.length), n: number(many(listed, state)) }));
      },
      (error: unknown) => {
        if (overtaken(error)) return;
        setBusy(false);
        setProblem(problemOf(error));
      },
    );
  };
  const again = () => {
    setLimit(Math.min(LONGEST, Math.max(MOST, listed?.entries.length ?? 0)));
    setTurn((n) => n + 1);
  };
  return { asked, listed, busy, problem, further, again };
}
