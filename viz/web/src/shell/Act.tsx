/** A button that does nothing for now, and keeps the focus: one that is disabled loses it to nowhere, while one is at it. */
import type { ComponentChildren } from 'preact';

interface Props {
  /** Whether it does nothing now. */
  off: boolean;
  act?: () => void;
  type?: 'button' | 'submit';
  main?: boolean;
  children: ComponentChildren;
}

/** Whoever takes its `submit` sees to it that nothing is sent twice. */
export function Act({ off, act, type = 'button', main, children }: Props) {
  return (
    <button type={type} class={main ? 'main' : undefined} aria-disabled={off || undefined} onClick={off ? undefined : act}>
      {children}
    </button>
  );
}
