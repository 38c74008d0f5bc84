import { expect, it } from 'vitest';
import { shown } from './typed';

const number = { read: (text: string) => (text === '' ? null : Number(text)), written: (held: number | null) => (held === null ? '' : String(held)) };

it('leaves what one types as it is while it means what is held, and writes what is held once it is something else', () => {
  expect(shown('114.30', 114.3, number)).toBe('114.30');
  expect(shown('', null, number)).toBe('');
  expect(shown('114.30', 7, number)).toBe('7');
  expect(shown(null, 7, number)).toBe('7');
});
