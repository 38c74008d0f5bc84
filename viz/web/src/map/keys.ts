/** The map's keys, for the sheet of shortcuts: they are its picture's, once that has the focus. */
import type { Keys } from '../shell/keys';

export const mapKeys: Keys = [
  ['←  ↑  →  ↓', 'keys.map.arrows'],
  ['Enter', 'keys.map.enter'],
  ['Backspace', 'keys.map.up'],
  ['Esc', 'keys.map.esc'],
  ['+  −  0', 'keys.map.zoom'],
  ['Shift + ↑', 'keys.map.pan'],
];
