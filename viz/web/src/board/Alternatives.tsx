/** The next best plans of a ledger unit, with what each forms instead. */
import { useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { useAsked } from '../state/asked';
import { t } from '../texts';
import { cost } from './wording';

export function Alternatives({ unit, job, names }: { unit: string; job: string; names: (code: string) => string }) {
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Schemas['Alternatives']>('/plan/alternatives', { in: unit, from: job, number: 3 }, turn);
  if (asked.is === 'failed') return <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />;
  if (asked.is === 'asking') return <p class="quiet">{t('board.alternatives.working')}</p>;
  const stands = (some: Schemas['Stand'][]) =>
    some.map((one, k) => (
      <li key={k}>
        {one.organizations.map(names).join('、')} {one.as === 'uncovered' ? t('board.alone') : one.unit ? `→ ${one.unit}` : ''} <span class="quiet">{cost(one.cost)}</span>
      </li>
    ));
  return (
    <section class="alternatives" aria-label={t('board.alternatives')}>
      {asked.answer.alternatives.length === 0 && <p>{t('board.alternatives.none')}</p>}
      {asked.answer.alternatives.map((one) => (
        <details key={one.rank} open={one.rank === 1}>
          <summary>{t(one.proven ? 'board.alternative' : 'board.alternative.at_least', { rank: one.rank, dearer: cost(one.dearer) })}</summary>
          <strong>{t('board.alternative.forms')}</strong>
          <ul>{stands(one.forms)}</ul>
          <strong>{t('board.alternative.drops')}</strong>
          <ul>{stands(one.drops)}</ul>
        </details>
      ))}
    </section>
  );
}
