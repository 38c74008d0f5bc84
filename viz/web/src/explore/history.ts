/** What was done, for undoing and redoing it: states are never changed, so that the former is simply there. */
export interface Step<S, C> {
  command: C;
  state: S;
}
export interface History<S, C> {
  /** What was before each command, the last one last. */
  past: readonly Step<S, C>[];
  now: S;
  /** What came of each command that was undone, the next one last. */
  future: readonly Step<S, C>[];
}
/** Steps that can be undone at most. */
export const STEPS = 200;

export function begin<S, C>(now: S): History<S, C> {
  return { past: [], now, future: [] };
}

/** Does something; what changes nothing is no step. */
export function act<S, C>(history: History<S, C>, command: C, apply: (state: S, command: C) => S): History<S, C> {
  const now = apply(history.now, command);
  if (now === history.now) return history;
  return { past: [...history.past, { command, state: history.now }].slice(-STEPS), now, future: [] };
}

export function undo<S, C>(history: History<S, C>): History<S, C> {
  const last = history.past.at(-1);
  if (!last) return history;
  return { past: history.past.slice(0, -1), now: last.state, future: [...history.future, { command: last.command, state: history.now }] };
}

export function redo<S, C>(history: History<S, C>): History<S, C> {
  const next = history.future.at(-1);
  if (!next) return history;
  return { past: [...history.past, { command: next.command, state: history.now }], now: next.state, future: history.future.slice(0, -1) };
}
