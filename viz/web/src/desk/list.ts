/** The list of findings as it grows: page after page, rows changed in place by what is done about them. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get, overtaken, type Problem, type Schemas } from '../api/client';
import { problemOf } from '../state/asked';
import { asked, type Filters } from './held';

export type Row = Schemas['DeskRow'];
export type Page = Schemas['DeskList'];
export type Done = Schemas['HandledOne'];
/** Findings of a page. */
export const PAGE = 100;

export interface List {
  rows: Row[];
  /** The newest answer: totals and facets. */
  page: Page | null;
  /** How many it was of when it was asked for: what is done since takes no row away. */
  length: number;
  next: string | null;
  busy: boolean;
  /** Whether the rows are still those of other filters: nothing is done about what the filters leave out. */
  stale: boolean;
  problem: Problem | null;
  more: () => void;
  /** Asks all of it anew. */
  again: () => void;
  /** Puts what was done into the rows, which stay where they are, and counts anew. */
  handled: (done: readonly Done[]) => void;
}

export function useList(filters: Filters): List {
  const [rows, setRows] = useState<Row[]>([]);
  const [of, setOf] = useState<string | null>(null);
  const [page, setPage] = useState<Page | null>(null);
  const [length, setLength] = useState(0);
  const [next, setNext] = useState<string | null>(null);
  const [busy, setBusy] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const path = asked(filters, { limit: PAGE });
  const now = useRef(path);
  const counting = useRef<AbortController | null>(null);
  useEffect(() => {
    now.current = path;
    counting.current?.abort();
    const ending = new AbortController();
    setBusy(true);
    setProblem(null);
    get<Page>(path, {}, ending.signal).then(
      (answer) => {
        setRows(answer.findings);
        setOf(path);
        setPage(answer);
        setLength(answer.matching);
        setNext(answer.next ?? null);
        setBusy(false);
      },
      (error: unknown) => {
        if (overtaken(error)) return;
        setProblem(problemOf(error));
        setBusy(false);
      },
    );
    return () => ending.abort();
  }, [path, turn]);
  useEffect(() => () => counting.current?.abort(), []);

  const more = useCallback(() => {
    if (next === null || busy) return;
    setBusy(true);
    get<Page>(`${path}&cursor=${encodeURIComponent(next)}`).then(
      (answer) => {
        if (now.current !== path) return;
        setRows((before) => [...before, ...answer.findings]);
        setNext(answer.next ?? null);
        setBusy(false);
      },
      (error: unknown) => {
        if (now.current !== path) return;
        setProblem(problemOf(error));
        setBusy(false);
      },
    );
  }, [path, next, busy]);
  const handled = useCallback(
    (done: readonly Done[]) => {
      const by = new Map(done.map(({ id, ...handling }) => [id, handling]));
      setRows((before) => before.map((row) => ({ ...row, handling: by.get(row.id) ?? row.handling })));
      counting.current?.abort();
      const ending = (counting.current = new AbortController());
      get<Page>(asked(filters, { limit: 1 }), {}, ending.signal).then(setPage, () => undefined);
    },
    [path],
  );
  return { rows, page, length, next, busy, stale: of !== path, problem, more, again: () => setTurn(turn + 1), handled };
}

/** The ids of all that filters let pass, up to a number. */
export async function idsOf(filters: Filters, most: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const answer: Page = await get<Page>(asked(filters, { limit: Math.min(1_000, most - ids.length), ...(cursor ? { cursor } : {}) }));
    ids.push(...answer.findings.map(({ id }) => id));
    cursor = answer.next ?? undefined;
  } while (cursor && ids.length < most);
  return ids;
}
