/** Asking as one types: once typing rests, and the former question ended by the next. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { debounced } from './debounced';

export interface Typing {
  ask: (text: string) => void;
  /** Nothing more comes of what was asked. */
  cancel: () => void;
}

/**
 * @param rest Milliseconds without a key after which is asked.
 * @param act Asks; what was asked before is ended by then.
 */
export function useTyping(rest: number, act: (text: string, signal: AbortSignal) => void): Typing {
  const now = useRef(act);
  now.current = act;
  const made = useMemo(() => {
    let running: AbortController | null = null;
    const later = debounced((text: string) => {
      running?.abort();
      running = new AbortController();
      now.current(text, running.signal);
    }, rest);
    return {
      ask: (text: string) => {
        running?.abort();
        later(text);
      },
      cancel: () => {
        later.cancel();
        running?.abort();
      },
    };
  }, [rest]);
  useEffect(() => made.cancel, [made]);
  return made;
}
