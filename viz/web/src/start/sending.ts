/** Files to the service, and what becomes of the job: followed until it is over, taken up again when the line breaks. */
import { get, post } from '../api/client';
import { following, type Job, type Progress } from './following';

export const UNDER_WAY = ['queued', 'running'];

/** Sends files; the answer is the job that reads them. */
export function send(path: '/jobs/import' | '/jobs/preview', files: readonly File[], fields: Record<string, string>): Promise<Job> {
  const form = new FormData();
  for (const file of files) form.append('file', file);
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  return post<Job>(path, form);
}

/** Follows a job to its end; the answer stops following, not the job. */
export function watch(job: Job, told: { progress: (now: Progress) => void; end: (job: Job) => void; failed: (error: unknown) => void }): () => void {
  let stop: () => void = () => undefined;
  let stood = true;
  const again = () => {
    stop = following(job.id, {
      progress: told.progress,
      end: told.end,
      broken: () => {
        get<Job>(`/jobs/${job.id}`).then((now) => {
          if (!stood) return;
          if (UNDER_WAY.includes(now.state)) setTimeout(() => stood && again(), 2_000);
          else told.end(now);
        }, told.failed);
      },
    });
  };
  again();
  return () => {
    stood = false;
    stop();
  };
}
