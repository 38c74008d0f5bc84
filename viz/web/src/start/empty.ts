import type { Schemas } from '../api/client';

/** Whether a store holds nothing yet. */
export function empty(held: Pick<Schemas['Holdings'], 'kinds'>): boolean {
  return Object.values(held.kinds).every((n) => n === 0);
}
