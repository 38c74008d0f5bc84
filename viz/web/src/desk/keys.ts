/** The desk's keys, for the sheet of shortcuts. */
import type { Keys } from '../shell/keys';

export const DESK_KEYS: Keys = [
  ['j  k', 'desk.keys.move'],
  ['Enter', 'desk.keys.open'],
  ['u', 'desk.keys.up'],
  ['x', 'desk.keys.pick'],
  ['c  d', 'desk.keys.handle'],
];
