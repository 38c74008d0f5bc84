/** A plan as a job of the service: asked for, followed, stopped, and what it left. */
import { useEffect, useState } from 'preact/hooks';
import { get, post, type Problem } from '../api/client';
import { following, type Job, type Progress } from '../start/following';
import { UNDER_WAY } from '../start/sending';
import { problemOf } from '../state/asked';
import type { Constraints, Plan } from './draft';

export type Planned =
  | { is: 'none' }
  | { is: 'asking' }
  | { is: 'working'; job: Job; progress: Progress | null }
  | { is: 'over'; job: Job; plan: Plan | null }
  | { is: 'failed'; problem: Problem };

export interface Wish {
  within: string | undefined;
  set: Record<string, number>;
  constraints: Constraints;
  from: string | undefined;
}

/** Asks for a plan; the answer is the job's id. */
export async function ask({ within, set, constraints, from }: Wish): Promise<string> {
  const body = {
    in: within === undefined ? [] : [within],
    set,
    pins: constraints.pin,
    forbids: constraints.forbid,
    accepts: constraints.accept,
    ...(from === undefined ? {} : { from }),
  };
  return (await post<Job>('/jobs/plan', body)).id;
}

export function stop(id: string): Promise<unknown> {
  return post(`/jobs/${encodeURIComponent(id)}/cancel`, {});
}


/**
 * Follows a job until it is over, and then reads the plan that it left; of one that was stopped too, what it has so far. Each turn asks
 * once more.
 */
export function usePlan(id: string | undefined, turn = 0): Planned {
  const [now, set] = useState<Planned>(id === undefined ? { is: 'none' } : { is: 'asking' });
  useEffect(() => {
    if (id === undefined) {
      set({ is: 'none' });
      return;
    }
    let wanted = true;
    let end = (): void => undefined;
    const put = (next: Planned) => wanted && set(next);
    const fail = (error: unknown) => put({ is: 'failed', problem: problemOf(error) });
    const over = (job: Job) => {
      if (!job.files.some(({ name }) => name === 'plan.json')) {
        put({ is: 'over', job, plan: null });
        return;
      }
      get<Plan>(`/jobs/${encodeURIComponent(job.id)}/files/plan.json`).then((plan) => put({ is: 'over', job, plan }), fail);
    };
    const look = () => {
      get<Job>(`/jobs/${encodeURIComponent(id)}`).then((job) => {
        if (!wanted) return;
        if (!UNDER_WAY.includes(job.state)) {
          over(job);
          return;
        }
        put({ is: 'working', job, progress: job.progress });
        end = following(job.id, {
          progress: (progress) => put({ is: 'working', job, progress }),
          end: over,
          broken: () => setTimeout(look, 2_000),
        });
      }, fail);
    };
    set({ is: 'asking' });
    look();
    return () => {
      wanted = false;
      end();
    };
  }, [id, turn]);
  return now;
}
