/** How many fit, who, and the file of them. */
import { useState } from 'preact/hooks';
import { fileOf, type Problem, type Schemas } from '../api/client';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import { opened } from '../state/address';
import { problemOf } from '../state/asked';
import { save } from '../table/saving';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';
import type { Asking } from './answering';
import { property, wordOf } from './vocabulary';

type Answer = Schemas['Question'];
/** Rows of a file at most (`limit`). */
const LONGEST = 10_000;

function table(answer: Answer, title: string) {
  const kind = answer.question.kind;
  const columns = answer.columns.filter((one) => one.property !== 'name');
  return (
    <Table
      name={title}
      file={title}
      head={[t('questions.name'), t('questions.code'), ...columns.map((one) => one.label[language.value])]}
      rows={answer.results.map((one) => ({
        key: one.id,
        to: opened(one.kind, one.id),
        cells: [
          one.name ?? one.id,
          one.id,
          ...columns.map(({ property: name }) => {
            const value: unknown = one.values[name];
            if (value === null || value === undefined) return null;
            return typeof value === 'number' ? value : wordOf(property(kind, name), value, t('yes'), t('no'));
          }),
        ],
      }))}
    />
  );
}

/** How many fit: beside the title, in sight while one builds. */
export function Tally({ asking: { answer, busy, problem } }: { asking: Asking }) {
  return (
    <p class="count">
      <strong>{answer ? t('questions.count', { n: number(answer.count) }) : problem ? '' : '…'}</strong>
      {answer && <span class="quiet"> {t('questions.as_of', { date: answer.as_of })}</span>}
      {busy && (
        <span class="quiet waiting">
          {' '}
          <progress aria-label={t('questions.asking')} /> {answer ? t('questions.asking') : t('questions.reading')}
        </span>
      )}
    </p>
  );
}

/** All that fit, as far as a file takes them. */
export function Export({ text, count }: { text: string; count: number }) {
  const [failed, setFailed] = useState<Problem | null>(null);
  const get = () => {
    setFailed(null);
    fileOf('/question?format=xlsx', { ...(JSON.parse(text) as object), limit: LONGEST }).then(
      (blob) => save(blob, t('questions.results'), 'xlsx'),
      (error: unknown) => setFailed(problemOf(error)),
    );
  };
  return (
    <>
      <button type="button" onClick={get}>
        {t('questions.xlsx')}
      </button>
      {count > LONGEST && <small>{t('questions.xlsx_first', { n: number(LONGEST) })}</small>}
      {failed && <Failure problem={failed} />}
    </>
  );
}

export function Results({ asking, further, again }: { asking: Asking; further: () => void; again: () => void }) {
  const { answer, busy, problem } = asking;
  return (
    <section class="answers" aria-label={t('questions.results')} aria-busy={busy}>
      {problem && <Failure problem={problem} again={again} />}
      {answer && answer.results.length > 0 && (
        <div class={busy ? 'stale' : undefined}>
          {answer.next && (
            <div class="bar">
              <span class="quiet">{t('questions.first', { shown: number(answer.results.length), n: number(answer.count) })}</span>
              <Act off={busy} act={further}>
                {t('questions.further')}
              </Act>
            </div>
          )}
          {table(answer, t('questions.results'))}
        </div>
      )}
    </section>
  );
}
