/** Coverage before the plan and after it, by every definition, side by side. */
import { useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { language, number, percent, t } from '../texts';

export function Rates({ job, within }: { job: string; within: string | undefined }) {
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Schemas['Coverage']>('/coverage', { in: within, from: job }, turn);
  if (asked.is === 'failed') return <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />;
  if (asked.is === 'asking') return <p class="quiet">{t('wait')}</p>;
  const { definitions } = asked.answer;
  return (
    <section class="rates" aria-label={t('board.rates')}>
      <h2>{t('board.rates')}</h2>
      <div class="bars" aria-hidden="true">
        {definitions.map((one) => (
          <div key={one.id} class="rate">
            <span>{one.text[language.value]}</span>
            <span class="track">
              <span class="after" style={{ width: `${(one.after?.rate ?? 0) * 100}%` }} />
              <span class="before" style={{ width: `${(one.rate ?? 0) * 100}%` }} />
            </span>
            <span class="figures-of">
              {percent(one.rate, 1, 2)} → <strong>{percent(one.after?.rate, 1, 2)}</strong>
            </span>
          </div>
        ))}
      </div>
      <p class="quiet">{t('board.rates.legend')}</p>
      <Table
        name={t('board.rates.table')}
        file="coverage_before_after"
        head={[t('board.rates.definition'), t('board.column.clause'), t('board.rates.of'), t('board.rates.before'), t('board.rates.after'), t('board.rates.before_rate'), t('board.rates.after_rate'), t('board.rates.goal'), t('board.rates.gap'), t('board.rates.after_gap')]}
        rows={definitions.map((one) => ({
          key: one.id,
          cells: [one.text[language.value], one.clause, one.denominator, one.numerator, one.after?.numerator ?? null, percent(one.rate, 1, 2), percent(one.after?.rate, 1, 2), percent(one.goal, 1, 2), one.gap ?? null, one.after?.gap ?? null],
        }))}
      />
      <p class="quiet">{t('board.rates.note', { n: number(definitions.length) })}</p>
    </section>
  );
}
