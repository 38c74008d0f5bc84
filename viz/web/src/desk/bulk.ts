/** The same done about many findings: part after part, so that one sees how far it is, and what failed stops nothing. */
import type { Schemas } from '../api/client';

export type Action = 'confirm' | 'dismiss' | 'repair' | 'reopen';
export interface Wish {
  action: Action;
  note?: string;
  office?: string;
  due?: string;
}
export type Answer = Schemas['HandledTogether'];
export interface Outcome {
  done: Answer['done'];
  failed: Answer['failed'];
  batches: number[];
}

/** Findings that go in one request. */
export const AT_ONCE = 50;

/**
 * Sends them in parts. A part that could not be sent counts as failed, and ends it: the ones behind it would fail likewise.
 * @param told how many are over.
 */
export async function handleAll(
  ids: readonly string[],
  wish: Wish,
  send: (body: object) => Promise<Answer>,
  told: (over: number) => void,
  worded: (error: unknown) => { zh: string; en: string },
  atOnce = AT_ONCE,
): Promise<Outcome> {
  const out: Outcome = { done: [], failed: [], batches: [] };
  for (let first = 0; first < ids.length; first += atOnce) {
    const some = ids.slice(first, first + atOnce);
    try {
      const answer = await send({ ids: some, ...wish });
      out.done.push(...answer.done);
      out.failed.push(...answer.failed);
      if (answer.batch !== null) out.batches.push(answer.batch);
    } catch (error) {
      const why = worded(error);
      out.failed.push(...ids.slice(first).map((id) => ({ id, ...why })));
      break;
    }
    told(Math.min(ids.length, first + atOnce));
  }
  return out;
}
