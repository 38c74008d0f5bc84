/** A question to the service from a view: its answer, its error, or that it is under way; a newer one ends the former. */
import { useEffect, useState } from 'preact/hooks';
import { get, overtaken, Refused, type Problem } from '../api/client';

export type Asked<T> = { is: 'asking' } | { is: 'failed'; problem: Problem } | { is: 'answered'; answer: T };

export function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  return { code: 'fault', status: 0, title: '', detail: error instanceof Error ? error.message : '' };
}

/** Asks on each change of path, query or turn (for the same once more). */
export function useAsked<T>(path: string | null, query: Record<string, string | number | boolean | undefined> = {}, turn: unknown = 0): Asked<T> {
  const [now, set] = useState<Asked<T>>({ is: 'asking' });
  const key = JSON.stringify(query);
  useEffect(() => {
    if (path === null) return;
    const ending = new AbortController();
    set({ is: 'asking' });
    get<T>(path, JSON.parse(key) as typeof query, ending.signal).then(
      (answer) => set({ is: 'answered', answer }),
      (error: unknown) => {
        if (!overtaken(error)) set({ is: 'failed', problem: problemOf(error) });
      },
    );
    return () => ending.abort();
  }, [path, key, turn]);
  return now;
}
