/** Where to begin: what was saved, and examples for each of those whom the application is for. */
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { maySurvey, type Me } from '../state/account';
import { format, page } from '../state/address';
import type { Asked } from '../state/asked';
import { t } from '../texts';
import { surveyed, written } from './draft';
import { examples } from './examples';

interface Props {
  saved: Asked<Schemas['SavedQuestions']>;
  here: string | undefined;
  me: Me;
}

export function Start({ saved, here, me }: Props) {
  return (
    <aside class="start">
      <section aria-labelledby="saved-questions">
        <h2 id="saved-questions">{t('questions.saved_list')}</h2>
        {saved.is === 'failed' && <Failure problem={saved.problem} />}
        {saved.is === 'answered' && saved.answer.questions.length === 0 && <p class="quiet">{t('questions.saved_none')}</p>}
        {saved.is === 'answered' && (
          <ul>
            {saved.answer.questions.map((one) => (
              <li key={one.id}>
                <a href={format(page('questions', { id: one.id }))} aria-current={one.id === here ? 'true' : undefined}>
                  {one.name}
                </a>
                {!one.own && <small> {t('questions.of', { owner: one.owner })}</small>}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section aria-labelledby="example-questions">
        <h2 id="example-questions">{t('questions.start')}</h2>
        {examples.map(({ whom, some }) => (
          <div key={whom}>
            <h3 class="quiet">{t(whom)}</h3>
            <ul>
              {some
                .filter(({ draft }) => maySurvey(me) || !surveyed(draft))
                .map(({ title, draft }) => (
                  <li key={title}>
                    <a href={format(page('questions', { q: written(draft) }))}>{t(title)}</a>
                  </li>
                ))}
            </ul>
          </div>
        ))}
        <p>
          <a href={format(page('questions'))}>{t('questions.blank')}</a>
        </p>
      </section>
    </aside>
  );
}
