/** What went wrong, and the way on. */
import type { Problem } from '../api/client';
import { t } from '../texts';
import { worded } from './worded';

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
