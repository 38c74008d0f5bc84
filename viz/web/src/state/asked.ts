/** A question to the service from a view: its answer, its error, or that it is under way; a newer one ends the former. */
import { useEffect, useState } from 'preact/hooks';
import { get, overtaken, Refused, type Problem } from '../api/client';

export type Asked<T> =
  | { is: 'asking' }
  /** What was answered to the same question before stays at hand, where there is such an answer. */
  | { is: 'failed'; problem: Problem; former: T | null }
  /** Asked `again`: the answer is the former one, until that of the same question is there. */
  | { is: 'answered'; answer: T; again: boolean };

const ASKING = { is: 'asking' } as const;

export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  return { code: 'fault', status: 0, title: '', detail: error instanceof Error ? error.message : '' };
}

/** What there is to show: the answer, or the former one where the same could not be asked again. */
export function shownOf<T>(asked: Asked<T>): T | null {
  return asked.is === 'answered' ? asked.answer : asked.is === 'failed' ? asked.former : null;
}

/** Whether an answer is still to come. */
export function isComing(asked: Asked<unknown>): boolean {
  return asked.is === 'asking' || (asked.is === 'answered' && asked.again);
}

/** What is shown once a question has been asked: where it is the same as before, what was answered to it. */
export function begun<T>(was: Asked<T>, same: boolean): Asked<T> {
  const former = same ? shownOf(was) : null;
  return former === null ? ASKING : { is: 'answered', answer: former, again: true };
}

/**
 * Asks on each change of path, query or turn (for the same once more). What is asked once more leaves what is shown where it is: who
 * reads, writes or has the focus in it loses neither.
 *
 * @param same By what a question is the same as the one before; all of it, where part of it is not only how much is asked for.
 */
export function useAsked<T>(
  path: string | null,
  query: Record<string, string | number | boolean | undefined> = {},
  turn: unknown = 0,
  same = `${path ?? ''} ${JSON.stringify(query)}`,
): Asked<T> {
  const [held, set] = useState<{ of: string; now: Asked<T> }>({ of: same, now: ASKING });
  const key = JSON.stringify(query);
  useEffect(() => {
    if (path === null) return;
    const ending = new AbortController();
    set((was) => ({ of: same, now: begun(was.now, was.of === same) }));
    get<T>(path, JSON.parse(key) as typeof query, ending.signal).then(
      (answer) => set({ of: same, now: { is: 'answered', answer, again: false } }),
      (error: unknown) => {
        if (!overtaken(error)) set((was) => ({ of: same, now: { is: 'failed', problem: problemOf(error), former: was.of === same ? shownOf(was.now) : null } }));
      },
    );
    return () => ending.abort();
  }, [path, key, turn]);
  // the answer to another question is none to this one, also before it has been asked
  return path === null || held.of === same ? held.now : ASKING;
}
