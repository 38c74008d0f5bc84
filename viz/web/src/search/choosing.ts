/** What the keys of a combobox do (WAI-ARIA APG: an editable combobox that proposes a list), apart from the page: tested by itself. */
export interface Standing {
  /** Whether the list is shown. */
  open: boolean;
  /** How many are proposed, and which is pointed at; -1: none. */
  many: number;
  at: number;
  /** Whether they are proposed for what is typed now, not for what was typed before. */
  fresh: boolean;
}
export type Deed = { does: 'point'; at: number } | { does: 'open'; at: number } | { does: 'close' } | { does: 'take'; at: number } | { does: 'settle' } | { does: 'wait' } | { does: 'clear' };

/** What a key does; `null`: what it does in any text field. */
export function deed(key: string, alt: boolean, { open, many, at, fresh }: Standing): Deed | null {
  const shown = open && many > 0;
  switch (key) {
    case 'ArrowDown':
      if (!many) return null;
      if (!shown) return { does: 'open', at: alt ? Math.max(at, 0) : 0 };
      return alt ? null : { does: 'point', at: (at + 1) % many };
    case 'ArrowUp':
      if (!many) return null;
      if (alt) return shown ? { does: 'close' } : null;
      return shown ? { does: 'point', at: at <= 0 ? many - 1 : at - 1 } : { does: 'open', at: many - 1 };
    case 'Enter':
      // what is proposed for half a word is not what was meant: it waits for the answer
      if (!fresh) return { does: 'wait' };
      return shown && at >= 0 && at < many ? { does: 'take', at } : { does: 'settle' };
    case 'Escape':
      return shown ? { does: 'close' } : { does: 'clear' };
    default:
      return null;
  }
}
