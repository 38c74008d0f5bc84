/** A job as it goes: its events as the service sends them, until it is over. */
import { address, type Schemas } from '../api/client';

export type Job = Schemas['JobAnswer'];
export interface Progress {
  stage: string;
  done: number;
  total: number | null;
  /** Of a plan: how far it may be above the best, of what there is so far. */
  gap?: number | null;
}

/** Follows a job; the answer ends it. A broken line is taken up again by the browser, from the last event on. */
export function following(id: string, told: { progress: (now: Progress) => void; end: (job: Job) => void; broken: () => void }): () => void {
  const events = new EventSource(address(`/jobs/${encodeURIComponent(id)}/events`));
  events.addEventListener('progress', (event: MessageEvent<string>) => told.progress(JSON.parse(event.data) as Progress));
  events.addEventListener('end', (event: MessageEvent<string>) => {
    events.close();
    told.end(JSON.parse(event.data) as Job);
  });
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) told.broken();
  };
  return () => events.close();
}
