/** A button that does nothing for now, and keeps the focus: one that is disabled loses it to nowhere, while one is at it. */
import type { ComponentChildren, Ref } from 'preact';

interface Props {
  /** Whether it does nothing now. */
  off: boolean;
  act?: () => void;
  type?: 'button' | 'submit';
  main?: boolean;
  class?: string;
  /** What it is called, where what it shows says too little. */
  label?: string;
  title?: string;
  /** Keys that do the same. */
  keys?: string;
  at?: Ref<HTMLButtonElement>;
  children: ComponentChildren;
}

/** Whoever takes its `submit` sees to it that nothing is sent twice. */
export function Act({ off, act, type = 'button', main, class: look = main ? 'main' : undefined, label, title, keys, at, children }: Props) {
  return (
    <button
      ref={at ?? null}
      type={type}
      class={look}
      aria-label={label}
      title={title}
      aria-keyshortcuts={keys}
      aria-disabled={off || undefined}
      onClick={off ? undefined : act}
    >
      {children}
    </button>
  );
}
