/** The keys of an entity's page, for the sheet of shortcuts. */
import type { Keys } from '../shell/keys';

export const entityKeys: Keys = [
  ['1  2  3  4', 'keys.tabs'],
  ['←  →', 'keys.entity.tabs'],
  ['+  −  0', 'keys.entity.zoom'],
  ['←  ↑  →  ↓', 'keys.entity.pan'],
];
