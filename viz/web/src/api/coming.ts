/** Answers that the service is still making: what it says of each meanwhile, for whoever looks, until it is there or not wanted. */
import type { components } from '../generated/schema';
import { Signal } from '../state/signal';

export type Coming = components['schemas']['Coming'];

/** What is being made for this page, by its asking: several views may wait for the same. */
export const coming = new Signal<readonly (readonly [asking: symbol, said: Coming])[]>([]);

export function say(asking: symbol, said: Coming): void {
  const others = coming.value.filter(([one]) => one !== asking);
  coming.value = [...others, [asking, said]];
}

export function over(asking: symbol): void {
  if (coming.value.some(([one]) => one === asking)) coming.value = coming.value.filter(([one]) => one !== asking);
}

/** What there is to say: the same is said once, as far as it is by its latest word. */
export function told(some: readonly (readonly [symbol, Coming])[]): Coming[] {
  const found = new Map<string, Coming>();
  for (const [, said] of some) found.set(said.detail.replace(/\d+/g, ''), said);
  return [...found.values()];
}

/** Waits for so many seconds, unless it is not wanted any more. */
export function pause(seconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((done, failed) => {
    const stop = () => {
      clearTimeout(timer);
      failed(new DOMException('not wanted any more', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      done();
    }, seconds * 1000);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
