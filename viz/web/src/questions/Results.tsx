/** How many fit, who, and the file of them. */
import { useState } from 'preact/hooks';
import { fileOf, type Problem, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { opened } from '../state/address';
import { problemOf } from '../state/asked';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';
import type { Asking } from './answering';
import { property, wordOf } from './vocabulary';

type Answer = Schemas['Question'];
const SLOW = 10_000;

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
export function Tally({ asking: { answer, busy } }: { asking: Asking }) {
  return (
    <p class="count">
      <strong>{answer ? t('questions.count', { n: number(answer.count) }) : '…'}</strong>
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

export function Results({ asking, text, further, again }: { asking: Asking; text: string; further: () => void; again: () => void }) {
  const { answer, busy, problem } = asking;
  const [failed, setFailed] = useState<Problem | null>(null);
  const save = () => {
    setFailed(null);
    fileOf('/question?format=xlsx', { ...(JSON.parse(text) as object), limit: SLOW }).then(
      (blob) => {
        const link = document.createElement('a');
        link.href = URL.createObjectURL(blob);
        link.download = `${t('questions.results')}.xlsx`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      },
      (error: unknown) => setFailed(problemOf(error)),
    );
  };
  return (
    <section class="answers" aria-label={t('questions.results')} aria-busy={busy}>
      <div class="bar">
        {answer && answer.count > 0 && (
          <button type="button" onClick={save}>
            {t('questions.xlsx')}
          </button>
        )}
        {answer && answer.count > SLOW && <small>{t('questions.xlsx_first', { n: number(SLOW) })}</small>}
      </div>
      {problem && <Failure problem={problem} again={again} />}
      {failed && <Failure problem={failed} />}
      {answer && answer.results.length > 0 && (
        <div class={busy ? 'stale' : undefined}>
          {table(answer, t('questions.results'))}
          {answer.next && (
            <div class="bar">
              <span class="quiet">{t('questions.first', { shown: number(answer.results.length), n: number(answer.count) })}</span>
              <button type="button" onClick={further} disabled={busy}>
                {t('questions.further')}
              </button>
            </div>
          )}
        </div>
      )}
    </section>
  );
}
