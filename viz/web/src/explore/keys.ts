/** The keys of the board, for the sheet of shortcuts. */
import type { Keys } from '../shell/keys';

export const KEYS: Keys = [
  ['←  ↑  →  ↓', 'explore.key.arrows'],
  ['Space', 'explore.key.space'],
  ['Enter', 'explore.key.enter'],
  ['e … n', 'explore.key.rule'],
  ['e', 'explore.key.e'],
  ['c', 'explore.key.c'],
  ['h', 'explore.key.h'],
  ['o', 'explore.key.o'],
  ['p', 'explore.key.p'],
  ['t', 'explore.key.t'],
  ['n', 'explore.key.n'],
  ['a', 'explore.key.a'],
  ['u  r', 'explore.key.u'],
  ['+  −  0', 'explore.key.zoom'],
  ['Shift + ↑', 'explore.key.pan'],
  ['Esc', 'explore.key.esc'],
];
