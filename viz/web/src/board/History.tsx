/** One organization's way across the board: every step, those taken back too, and its measures. */
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { useAsked } from '../state/asked';
import { t } from '../texts';
import type { Entry } from './held';
import { About } from './Open';
import { stateName } from './wording';

export function History({ entry, may, measure }: { entry: Entry; may: boolean; measure: () => void }) {
  const asked = useAsked<Schemas['History']>(`/board/show/${encodeURIComponent(entry.code)}`);
  return (
    <>
      <About entry={entry} />
      {may && (
        <button type="button" onClick={measure}>
          {t('board.measure')}
        </button>
      )}
      {asked.is === 'failed' && <Failure problem={asked.problem} />}
      {asked.is === 'answered' && (
        <>
          <h3>{t('board.history')}</h3>
          {asked.answer.history.length === 0 && <p class="quiet">{t('board.history.none')}</p>}
          <ol class="history">
            {asked.answer.history.map((step, k) => (
              <li key={k} class={step.to === 'back' ? 'taken' : ''}>
                <strong>{stateName(step.to)}</strong> <span class="quiet">{[step.date, step.office].filter(Boolean).join(' · ')}</span>
                {step.text && <p>{step.text}</p>}
                {!step.on_board && <small>{t('board.from_ledger')}</small>}
              </li>
            ))}
          </ol>
          {asked.answer.measures.length > 0 && (
            <>
              <h3>{t('board.column.measures')}</h3>
              <ol class="history">
                {asked.answer.measures.map((one) => (
                  <li key={one.decided}>
                    <p>{one.measures}</p>
                    <span class="quiet">{[t('board.due', { date: one.due }), one.responsible, one.office, one.decided].join(' · ')}</span>
                  </li>
                ))}
              </ol>
            </>
          )}
        </>
      )}
    </>
  );
}
