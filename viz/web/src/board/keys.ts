/** The board's keys, for the sheet of shortcuts. */
import type { Keys } from '../shell/keys';

export const boardKeys: Keys = [
  ['←  →', 'keys.board.tabs'],
  ['+  −  0', 'keys.board.zoom'],
  ['←  ↑  →  ↓', 'keys.board.pan'],
];
