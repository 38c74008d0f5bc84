import { expect, it } from 'vitest';
import { deed, type Standing } from './choosing';

const list: Standing = { open: true, many: 3, at: 0, fresh: true };
const press = (key: string, now: Partial<Standing> = {}, alt = false) => deed(key, alt, { ...list, ...now });

it('goes round its list by arrows, opens it at either end, and shuts it with Alt', () => {
  expect(press('ArrowDown')).toEqual({ does: 'point', at: 1 });
  expect(press('ArrowDown', { at: 2 })).toEqual({ does: 'point', at: 0 });
  expect(press('ArrowUp')).toEqual({ does: 'point', at: 2 });
  expect(press('ArrowUp', { at: -1 })).toEqual({ does: 'point', at: 2 });
  expect(press('ArrowDown', { open: false, at: 1 })).toEqual({ does: 'open', at: 0 });
  expect(press('ArrowUp', { open: false })).toEqual({ does: 'open', at: 2 });
  expect(press('ArrowUp', {}, true)).toEqual({ does: 'close' });
  expect(press('ArrowDown', { many: 0 })).toBeNull();
});
it('takes with Enter only what is proposed for what is typed, and waits for it', () => {
  expect(press('Enter', { at: 1 })).toEqual({ does: 'take', at: 1 });
  expect(press('Enter', { fresh: false })).toEqual({ does: 'wait' });
  expect(press('Enter', { many: 0 })).toEqual({ does: 'settle' });
  expect(press('Enter', { open: false })).toEqual({ does: 'settle' });
});
it('shuts the list with Escape, and clears the field with the next', () => {
  expect(press('Escape')).toEqual({ does: 'close' });
  expect(press('Escape', { open: false })).toEqual({ does: 'clear' });
  expect(press('Escape', { many: 0 })).toEqual({ does: 'clear' });
});
it('leaves all other keys to the text', () => {
  for (const key of ['Home', 'End', 'ArrowLeft', 'a', 'Tab', ' ']) expect(press(key)).toBeNull();
});
