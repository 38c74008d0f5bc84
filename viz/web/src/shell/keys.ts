/** The keys that do the same everywhere, and when single keys do anything at all. */
import type { Key } from '../texts';

/** What is pressed, as the sheet of shortcuts shows it, and what it does. */
export type Keys = readonly (readonly [string, Key])[];

export const EVERYWHERE: Keys = [
  ['/', 'keys.search'],
  ['l', 'keys.l'],
  ['m', 'keys.d'],
  ['?', 'keys.help'],
  ['Esc', 'keys.esc'],
];

/** Single keys do something only where nobody is typing (WCAG 2.1.4), and never with Ctrl, Alt or the command key. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
}

export function plain(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing && !event.defaultPrevented;
}
