/** The files that a job left, to be taken: marked copies of faulty ledgers. */
import { address } from '../api/client';
import { t } from '../texts';
import type { Job } from './following';

export function Copies({ job }: { job: Pick<Job, 'id' | 'files'> }) {
  return (
    <>
      <p>{t('load.faults')}</p>
      <ul>
        {job.files.map((file) => (
          <li key={file.name}>
            <a href={address(`/jobs/${job.id}/files/${file.name.split('/').map(encodeURIComponent).join('/')}`)} download>
              {file.name}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
