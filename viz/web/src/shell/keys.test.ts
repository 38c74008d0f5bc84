import { expect, test } from 'vitest';
import { boardKeys } from '../board/keys';
import { DESK_KEYS } from '../desk/keys';
import { entityKeys } from '../entity/keys';
import { KEYS as exploreKeys } from '../explore/keys';
import { mapKeys } from '../map/keys';
import { EVERYWHERE, type Keys } from './keys';

const single = (keys: Keys): string[] => keys.flatMap(([key]) => key.split('  ')).filter((key) => Array.from(key).length === 1);

test('no page uses a key that does something everywhere, and none one key for two things at once', () => {
  const shared = new Set(single(EVERYWHERE));
  for (const keys of [boardKeys, DESK_KEYS, entityKeys, exploreKeys, mapKeys]) {
    expect(single(keys).filter((key) => shared.has(key))).toEqual([]);
    const letters = single(keys).filter((key) => /^[a-z]$/.test(key));
    expect(new Set(letters).size).toBe(letters.length);
  }
});

test('the desk has d for dismissing, and the theme another key', () => {
  expect(single(DESK_KEYS)).toContain('d');
  expect(EVERYWHERE.find(([, what]) => what === 'keys.d')?.[0]).toBe('m');
});
