/** What an import did: rows in and out by sheet, faulty cells, marked copies to mend, and what changed in the city by it. */
import { useEffect, useState } from 'preact/hooks';
import { post, type Problem, type Schemas } from '../api/client';
import { fileName } from '../desk/sources';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import { worded } from '../shell/worded';
import { Copies } from '../start/Copies';
import type { Job } from '../start/following';
import type { Me } from '../state/account';
import { format, go, page } from '../state/address';
import { announce } from '../state/announce';
import { problemOf, useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { kindName, language, number, t } from '../texts';
import { Faults } from './Faults';

type Report = Schemas['LedgerImport'];

export function Outcome({ job, me, again }: { job: Job; me: Me; again: () => void }) {
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Report>(job.result ? `/jobs/${job.id}/import` : null, {}, turn);
  const lang = language.value;
  const report = asked.is === 'answered' ? asked.answer : null;
  useEffect(() => {
    if (report) announce(t('ledgers.in', { n: number(report.totals.loaded) }));
  }, [report]);
  // all of it at once: what comes in above what is being pressed would take the press away
  if (job.result && asked.is === 'asking') return <p class="quiet">{t('wait')}</p>;
  return (
    <>
      {!job.result && <p role="alert">{job.error?.[lang] ?? t('load.ended.interrupted')}</p>}
      {asked.is === 'failed' && <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />}
      {report && (
        <>
          <p>
            <strong>{t(!report.changed ? 'ledgers.no_change' : report.totals.quarantined ? 'load.done_with_findings' : 'load.done')}</strong>
          </p>
          <ul class="figures">
            {(['rows', 'loaded', 'unchanged', 'quarantined'] as const).map((what) => (
              <li key={what}>
                <strong>{number(report.totals[what])}</strong> {t(`ledgers.total.${what}`)}
              </li>
            ))}
          </ul>
        </>
      )}
      <div class="bar acts">
        <button type="button" class="main" onClick={() => go({ name: 'city' })}>
          {t('load.open')}
        </button>
        {report?.changed && <What date={report.date} />}
        {report?.batch && me.role === 'administrator' && <Undo batch={report.batch} />}
        <button type="button" onClick={again}>
          {t('load.again')}
        </button>
      </div>
      {job.files.length > 0 && (
        <section class="card" aria-label={t('ledgers.copies')}>
          <h2>{t('ledgers.copies')}</h2>
          <Copies job={job} />
        </section>
      )}
      {report && report.faults.length > 0 && <Faults faults={report.faults} omitted={report.faults_omitted} name={t('ledgers.faults')} />}
      {report?.files.flatMap((file) => file.refused.map((one) => <p key={`${file.path}${one.sheet}${one.code}`} class="warning">{fileName(file.path)}: {one[lang]}</p>))}
      {report?.files.flatMap((file) =>
        file.sheets.map(
          (sheet, k) =>
            sheet.examples > 0 && (
              <p key={`${file.path}${k}`}>{t('ledgers.examples', { where: [fileName(file.path), sheet.sheet].filter(Boolean).join(' · '), n: number(sheet.examples) })}</p>
            ),
        ),
      )}
      {report?.files.flatMap((file) =>
        file.sheets.map(
          ({ sheet, blanked }, k) =>
            blanked && (
              <p key={`${file.path}${k}`} class="warning">
                {t('ledgers.blanked', {
                  where: [fileName(file.path), sheet].filter(Boolean).join(' · '),
                  columns: blanked.columns.map(({ column }) => column).join('、'),
                  n: number(blanked.entities),
                  date: blanked.from,
                })}
              </p>
            ),
        ),
      )}
      {report && (
        <Table
          name={t('ledgers.by_sheet')}
          file="sheets"
          head={[t('ledgers.file'), t('ledgers.sheet'), t('ledgers.kind'), t('ledgers.total.rows'), t('ledgers.total.loaded'), t('ledgers.total.unchanged'), t('ledgers.total.quarantined'), t('ledgers.left')]}
          rows={report.files.flatMap((file) =>
            file.sheets.map((sheet, k) => ({
              key: `${file.path}\n${k}`,
              cells: [
                fileName(file.path),
                sheet.sheet,
                sheet.kind ? kindName(sheet.kind) : (sheet.problem?.[lang] ?? t('ledgers.no_kind')),
                sheet.rows,
                sheet.loaded,
                sheet.unchanged,
                sheet.quarantined,
                [...sheet.refused_columns, ...sheet.unknown_columns.map(({ column }) => column)].join('、') || null,
              ],
            })),
          )}
        />
      )}
      {job.notes.length > 0 && (
        <details>
          <summary>{t('load.notes')}</summary>
          <ul>
            {job.notes.map((note, k) => (
              <li key={k}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** What changed by it: the date of its rows against the one before. */
function What({ date }: { date: string }) {
  const asked = useAsked<Schemas['LedgerDates']>('/changes/dates');
  if (asked.is !== 'answered') return null;
  const dates = asked.answer.dates.map((one) => one.date);
  const to = dates[0] ?? date;
  const from = dates.find((one) => one < to);
  if (!from) return null;
  return <a class="button" href={format(page('desk', { part: 'changes', from, to }))}>{t('ledgers.changes', { from, to })}</a>;
}

function Undo({ batch }: { batch: number }) {
  const [now, set] = useState<'asked' | 'done' | 'sure' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const act = () => {
    if (now !== 'sure') {
      set('sure');
      return;
    }
    set('asked');
    post('/undo', { batch }).then(
      () => {
        set('done');
        announce(t('ledgers.undone'));
      },
      (error: unknown) => {
        set(null);
        setProblem(problemOf(error));
      },
    );
  };
  if (now === 'done') return <strong role="status">{t('ledgers.undone')}</strong>;
  return (
    <>
      <Act off={now === 'asked'} act={act}>
        {t(now === 'sure' ? 'ledgers.undo_sure' : 'ledgers.undo')}
      </Act>
      {problem && <span class="warning" role="alert">{worded(problem).detail}</span>}
    </>
  );
}
