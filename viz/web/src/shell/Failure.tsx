/** What went wrong, in the service's words, and the way on. */
import type { Problem } from '../api/client';
import { t } from '../texts';

/** What went wrong in one sentence, for where there is room for no more. */
export function spoken(problem: Problem): string {
  const { title, detail } = worded(problem);
  return detail || title;
}

function worded(problem: Problem): { title: string; detail: string } {
  const own = problem.code === 'unreachable' ? t('error.unreachable') : problem.code === 'unreadable' ? t('error.unreadable') : '';
  return { title: problem.title || (problem.code === 'fault' ? t('error.fault') : ''), detail: problem.detail || own };
}

export function Failure({ problem, again }: { problem: Problem; again?: () => void }) {
  const { title, detail } = worded(problem);
  return (
    <div class="failure" role="alert">
      <strong>{title}</strong>
      <p>{detail}</p>
      {again && (
        <button type="button" onClick={again}>
          {t('error.again')}
        </button>
      )}
    </div>
  );
}
