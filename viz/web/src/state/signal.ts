/** A value that others follow. */
import { useLayoutEffect, useState } from 'preact/hooks';

export class Signal<T> {
  private readonly followers = new Set<(value: T) => void>();

  constructor(private held: T) {}

  get value(): T {
    return this.held;
  }

  set value(next: T) {
    if (Object.is(next, this.held)) return;
    this.held = next;
    for (const follower of [...this.followers]) follower(next);
  }

  /** Calls on each change from now on; the answer ends it. */
  follow(act: (value: T) => void): () => void {
    this.followers.add(act);
    return () => this.followers.delete(act);
  }
}

/** The value of a signal, now and whenever it changes: also where it changes after it was first shown and before it is followed. */
export function useSignal<T>(signal: Signal<T>): T {
  const [now, set] = useState(signal.value);
  useLayoutEffect(() => {
    // whoever is slow to paint may be told in between, and of what was missed then nobody tells again
    set(() => signal.value);
    return signal.follow((next) => set(() => next));
  }, [signal]);
  return now;
}
