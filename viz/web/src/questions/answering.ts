/** Asks while one builds: once typing rests, the newer question ends the former, and what was answered stays until the next is there. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { overtaken, post, type Problem, type Schemas } from '../api/client';
import { debounced } from '../search/debounced';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { number, t } from '../texts';

type Answer = Schemas['Question'];
export interface Asking {
  busy: boolean;
  /** Of the question before, while the next is under way. */
  answer: Answer | null;
  problem: Problem | null;
}

const REST = 250;

export function useAnswer(text: string | null, turn: number): Asking & { further: () => void } {
  const [now, set] = useState<Asking>({ busy: text !== null, answer: null, problem: null });
  const begun = useRef(false);
  const [ask, later] = useMemo(() => {
    const now = (asked: string, ending: AbortController): void => {
      post<Answer>('/question', JSON.parse(asked), ending.signal).then(
        (answer) => {
          set({ busy: false, answer, problem: null });
          announce(t('questions.count', { n: number(answer.count) }));
        },
        (error: unknown) => {
          if (!overtaken(error)) set({ busy: false, answer: null, problem: problemOf(error) });
        },
      );
    };
    return [now, debounced(now, REST)] as const;
  }, []);
  useEffect(() => {
    if (text === null) return;
    const ending = new AbortController();
    set((before) => ({ ...before, busy: true }));
    // what an address opens is asked at once: nobody types
    (begun.current ? later : ask)(text, ending);
    begun.current = true;
    return () => {
      later.cancel();
      ending.abort();
    };
  }, [text, turn]);

  const further = () => {
    const held = now.answer;
    if (text === null || !held?.next || now.busy) return;
    set({ ...now, busy: true });
    post<Answer>(`/question?cursor=${encodeURIComponent(held.next)}`, JSON.parse(text)).then(
      // of a question that was changed meanwhile nothing is added
      (more) => set((then) => (then.answer === held ? { busy: false, problem: null, answer: { ...more, results: [...held.results, ...more.results] } } : then)),
      (error: unknown) => set((then) => (then.answer === held ? { ...then, busy: false, problem: problemOf(error) } : then)),
    );
  };
  return { ...now, further };
}
