/** Tabs over one panel: arrow keys, Home and End go between them (WAI-ARIA Authoring Practices, "Tabs", with automatic activation). */
import type { ComponentChildren } from 'preact';

interface Props<T extends string> {
  label: string;
  tabs: readonly T[];
  now: T;
  /** What a tab is called. */
  title: (tab: T) => string;
  choose: (tab: T) => void;
  /** Whether what the panel shows is being asked for once more. */
  busy?: boolean;
  children: ComponentChildren;
}

export function Tabs<T extends string>({ label, tabs, now, title, choose, busy, children }: Props<T>) {
  const step = (event: KeyboardEvent) => {
    // from the tab that has the focus: the one that is shown may not be drawn yet when keys come fast
    const from = tabs.findIndex((tab) => idOf(tab) === document.activeElement?.id);
    const to = from < 0 ? undefined : STEPS[event.key]?.(from, tabs.length);
    const next = to === undefined ? undefined : tabs[to];
    if (!next) return;
    event.preventDefault();
    document.getElementById(idOf(next))?.focus();
    choose(next);
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={step}>
        {tabs.map((tab) => (
          <button key={tab} id={idOf(tab)} type="button" role="tab" aria-selected={tab === now} aria-controls="tab-panel" tabIndex={tab === now ? 0 : -1} onClick={() => choose(tab)}>
            {title(tab)}
          </button>
        ))}
      </div>
      <div id="tab-panel" role="tabpanel" aria-labelledby={idOf(now)} aria-busy={busy}>
        {children}
      </div>
    </>
  );
}

const idOf = (tab: string) => `tab-${tab}`;

const STEPS: Record<string, (from: number, of: number) => number> = {
  ArrowRight: (from, of) => (from + 1) % of,
  ArrowLeft: (from, of) => (from - 1 + of) % of,
  Home: () => 0,
  End: (_, of) => of - 1,
};
