/** The desk's keys, for the sheet of shortcuts. */
import type { Key } from '../texts';

export const DESK_KEYS: readonly (readonly [string, Key])[] = [
  ['j k', 'desk.keys.move'],
  ['Enter', 'desk.keys.open'],
  ['u', 'desk.keys.up'],
  ['x', 'desk.keys.pick'],
  ['c d', 'desk.keys.handle'],
];
