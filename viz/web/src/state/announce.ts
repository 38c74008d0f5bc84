/** What a screen reader is told as it happens: the last text, in the shell's live region. */
import { Signal } from './signal';

export const said = new Signal('');

export function announce(text: string): void {
  // the same text again is news too
  said.value = text === said.value ? `${text}\u00a0` : text;
}
