import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { debounced } from './debounced';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('asks once typing rests, with the last text only, and not at all once cancelled', () => {
  const asked: string[] = [];
  const ask = debounced((text: string) => void asked.push(text), 120);
  for (const text of ['光', '光谷', '光谷软']) {
    ask(text);
    vi.advanceTimersByTime(60);
  }
  expect(asked).toEqual([]);
  vi.advanceTimersByTime(120);
  expect(asked).toEqual(['光谷软']);
  ask('x');
  ask.cancel();
  vi.advanceTimersByTime(1000);
  expect(asked).toEqual(['光谷软']);
});
