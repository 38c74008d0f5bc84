/** Above a city of which nothing is real: that it is so, and the way to one's own ledgers. */
import { useState } from 'preact/hooks';
import { post, type Problem, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { mayInvent, type Me } from '../state/account';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { number, t } from '../texts';

interface Props {
  me: Me;
  batches: Schemas['Holdings']['batches'];
  gone: () => void;
}

export function Invented({ me, batches, gone }: Props) {
  const [stage, setStage] = useState<'told' | 'sure' | 'working'>('told');
  const [problem, setProblem] = useState<Problem | null>(null);
  // the newest first: what was recorded on top of the city goes before it
  const standing = batches.filter(({ undone }) => !undone).map(({ id }) => id).sort((a, b) => b - a);
  const takeBack = async () => {
    setStage('working');
    setProblem(null);
    try {
      for (const batch of standing) await post('/undo', { batch });
      announce(t('demo.gone'));
      gone();
    } catch (error: unknown) {
      setProblem(problemOf(error));
      setStage('told');
    }
  };
  return (
    <section class="invented" aria-label={t('demo.invented')}>
      <p>
        <strong>{t('demo.invented')}</strong> {t('demo.invented_why')}
      </p>
      {problem && <Failure problem={problem} />}
      {me.role === 'administrator' && mayInvent(me) ? (
        <div class="bar">
          {stage === 'told' && (
            <button type="button" onClick={() => setStage('sure')}>
              {t('demo.anew')}
            </button>
          )}
          {stage !== 'told' && (
            <>
              <span role="alert">{t('demo.sure', { n: number(standing.length) })}</span>
              <button type="button" class="main" disabled={stage === 'working'} onClick={() => void takeBack()}>
                {t('demo.take_back')}
              </button>
              <button type="button" disabled={stage === 'working'} onClick={() => setStage('told')}>
                {t('demo.keep')}
              </button>
            </>
          )}
        </div>
      ) : (
        <p class="quiet">{t('demo.ask')}</p>
      )}
    </section>
  );
}
