/** What went wrong, in the service's words, and the way on. */
import type { Problem } from '../api/client';
import { t } from '../texts';

export function Failure({ problem, again }: { problem: Problem; again?: () => void }) {
  const own = problem.code === 'unreachable' ? t('error.unreachable') : problem.code === 'unreadable' ? t('error.unreadable') : '';
  return (
    <div class="failure" role="alert">
      <strong>{problem.title || (problem.code === 'fault' ? t('error.fault') : '')}</strong>
      <p>{problem.detail || own}</p>
      {again && (
        <button type="button" onClick={again}>
          {t('error.again')}
        </button>
      )}
    </div>
  );
}
