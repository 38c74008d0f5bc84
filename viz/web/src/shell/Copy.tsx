/** A button that copies, and says beside itself what came of it: who sees the page does not hear its live region. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { announce } from '../state/announce';
import { inBoth, language, type Key } from '../texts';

/** Milliseconds for which it is said. */
const SAID = 6_000;

interface Props {
  text: () => string;
  done: Key;
  blanks?: Record<string, string | number>;
  /** Where the browser does not let the page copy. */
  not: Key;
  class?: string;
  children: ComponentChildren;
}

export function Copy({ text, done, blanks, not, class: look, children }: Props) {
  const [said, say] = useState<Record<'en' | 'zh', string> | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(null), SAID);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    let key = done;
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      key = not;
    }
    const told = inBoth((words) => words(key, blanks));
    say(told);
    announce(told[language.value]);
  };
  return (
    <>
      <button type="button" class={look} onClick={() => void copy()}>
        {children}
      </button>
      {/* heard by the live region already */}
      {said && (
        <span class="quiet copied" aria-hidden="true">
          {said[language.value]}
        </span>
      )}
    </>
  );
}
