/** One organization's way across the board: every step, those taken back too, and its measures. */
import { useMemo, useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { isComing, shownOf, useAsked } from '../state/asked';
import { t } from '../texts';
import type { Entry } from './held';
import { About } from './Open';
import { stateName } from './wording';

export function History({ entry, may, measure }: { entry: Entry; may: boolean; measure: () => void }) {
  const [turn, setTurn] = useState(0);
  // anew with each listing: what was recorded since stands in it
  const asked = useAsked<Schemas['History']>(`/board/show/${encodeURIComponent(entry.code)}`, {}, useMemo(() => [entry, turn], [entry, turn]));
  const told = shownOf(asked);
  return (
    <div aria-busy={isComing(asked)}>
      <About entry={entry} />
      {may && (
        <button type="button" onClick={measure}>
          {t('board.measure')}
        </button>
      )}
      {asked.is === 'failed' && <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />}
      {told && (
        <>
          <h3>{t('board.history')}</h3>
          {told.history.length === 0 && <p class="quiet">{t('board.history.none')}</p>}
          <ol class="history">
            {told.history.map((step, k) => (
              <li key={k} class={step.to === 'back' ? 'taken' : ''}>
                <strong>{stateName(step.to)}</strong> <span class="quiet">{[step.date, step.office].filter(Boolean).join(' · ')}</span>
                {step.text && <p>{step.text}</p>}
                {!step.on_board && <small>{t('board.from_ledger')}</small>}
              </li>
            ))}
          </ol>
          {told.measures.length > 0 && (
            <>
              <h3>{t('board.column.measures')}</h3>
              <ol class="history">
                {told.measures.map((one) => (
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
    </div>
  );
}
