/** Blank ledgers to fill in: the annexes, any other kind, or all of them. */
import { useState } from 'preact/hooks';
import type { Problem, Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { problemOf, useAsked } from '../state/asked';
import { t } from '../texts';
import './campaign.css';
import { save } from './saving';

export function Blank() {
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Schemas['BlankLedgers']>('/template', {}, turn);
  const [kind, setKind] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  if (asked.is !== 'answered') return asked.is === 'failed' ? <Failure problem={asked.problem} again={() => setTurn(turn + 1)} /> : null;

  const { kinds } = asked.answer;
  const annexes = kinds.filter(({ asked_as }) => asked_as.some((word) => word.startsWith('annex')));
  const others = kinds.filter((one) => !annexes.includes(one));
  const chosen = kind || (others[0]?.sheet ?? '');
  const take = (name: string, query: Record<string, string | undefined>) => {
    setProblem(null);
    save(name, '/template', query).catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <section class="card blank" aria-labelledby="blank-ledgers">
      <h2 id="blank-ledgers">{t('campaign.blank')}</h2>
      <p class="quiet">{t('campaign.blank_intro')}</p>
      <div class="choices">
        {annexes.map(({ sheet, title }) => (
          <button key={sheet} type="button" onClick={() => take(`${title}.xlsx`, { kind: sheet, format: 'xlsx' })}>
            {title}
          </button>
        ))}
        <button type="button" onClick={() => take(`${t('campaign.blank')}.zip`, { format: 'zip' })}>
          {t('campaign.each')}
        </button>
        <button type="button" onClick={() => take(`${t('campaign.blank')}.xlsx`, { format: 'xlsx' })}>
          {t('campaign.one')}
        </button>
      </div>
      <label>
        {t('campaign.kind')}{' '}
        <select value={chosen} onChange={(event) => setKind(event.currentTarget.value)}>
          {others.map(({ sheet }) => (
            <option key={sheet}>{sheet}</option>
          ))}
        </select>{' '}
        <button type="button" onClick={() => take(`${chosen}.xlsx`, { kind: chosen, format: 'xlsx' })}>
          {t('campaign.take')}
        </button>
      </label>
      {problem && <Failure problem={problem} />}
    </section>
  );
}
