/** All findings that the filters let pass, as a file: with evidence's rows, repairs and what was done about each. */
import { useState } from 'preact/hooks';
import { blobOf, type Problem } from '../api/client';
import { Failure } from '../shell/Failure';
import { problemOf } from '../state/asked';
import { save } from '../table/saving';
import { t } from '../texts';
import { asked, type Filters } from './held';

export function Export({ filters }: { filters: Filters }) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<Problem | null>(null);
  const get = (format: 'csv' | 'xlsx') => {
    setBusy(true);
    setFailed(null);
    blobOf(asked(filters, { format }))
      .then((blob) => save(blob, t('desk.part.findings'), format))
      .catch((error: unknown) => setFailed(problemOf(error)))
      .finally(() => setBusy(false));
  };
  return (
    <span class="files" aria-busy={busy}>
      <button type="button" disabled={busy} onClick={() => get('csv')}>
        {t('table.csv')}
      </button>
      <button type="button" disabled={busy} onClick={() => get('xlsx')}>
        {t('table.xlsx')}
      </button>
      {failed && <Failure problem={failed} />}
    </span>
  );
}
