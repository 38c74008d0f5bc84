/** Loading ledgers: choose them, watch them being read, open the city: three clicks. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, post, type Problem, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { mayInvent, mayLoad, type Me } from '../state/account';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { language, number, t } from '../texts';
import { Copies } from './Copies';
import { Demo } from './Demo';
import type { Job, Progress } from './following';
import { send, UNDER_WAY, watch } from './sending';
import './start.css';

type Stage = { is: 'ready' } | { is: 'sending'; files: number } | { is: 'working'; job: Job; progress: Progress | null } | { is: 'over'; job: Job };

export function Load({ me, done }: { me: Me; done: () => void }) {
  const [stage, setStage] = useState<Stage>({ is: 'ready' });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [date, setDate] = useState('');
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const end = useRef<() => void>(() => undefined);
  useEffect(() => () => end.current(), []);
  useEffect(() => {
    if (!mayLoad(me)) return;
    // who comes back while a city is on its way in finds it there
    get<Schemas['Jobs']>('/jobs', { limit: 10 }).then(
      ({ jobs }) => {
        const going = jobs.find((job) => (job.kind === 'import' || job.kind === 'demo') && UNDER_WAY.includes(job.state));
        if (going) setStage((now) => (now.is === 'ready' ? work(going) : now));
      },
      () => undefined, // one begins anew
    );
  }, []);

  const finish = (job: Job) => {
    setStage({ is: 'over', job });
    announce(said(job));
  };
  const fail = (error: unknown) => {
    setProblem(problemOf(error));
    setStage({ is: 'ready' });
  };
  const work = (job: Job): Stage => {
    end.current();
    end.current = watch(job, { progress: (progress) => setStage({ is: 'working', job, progress }), end: finish, failed: fail });
    return { is: 'working', job, progress: job.progress };
  };
  const take = (files: readonly File[]) => {
    if (!files.length) return;
    setProblem(null);
    setStage({ is: 'sending', files: files.length });
    send('/jobs/import', files, { date }).then((job) => setStage(work(job)), fail);
  };
  const invent = (orgs: number) => {
    setProblem(null);
    setStage({ is: 'sending', files: 0 });
    post<Job>('/jobs/demo', { orgs }).then((job) => setStage(work(job)), fail);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take([...(event.dataTransfer?.files ?? [])]);
  };
  const stop = (job: Job) => {
    post<Job>(`/jobs/${job.id}/cancel`, {}).catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    <div class="load">
      <h1>{t(stage.is === 'ready' ? 'load.first' : 'load.title')}</h1>
      {problem && <Failure problem={problem} />}
      {!mayLoad(me) && <p>{t('load.may_not')}</p>}
      {stage.is === 'ready' && mayInvent(me) && <Demo begin={invent} />}
      {mayLoad(me) && stage.is === 'ready' && (
        <div
          class={over ? 'card drop over' : 'card drop'}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <h2>{t('load.own')}</h2>
          <p>{t('load.intro')}</p>
          <button type="button" class="main" onClick={() => picker.current?.click()}>
            {t('load.begin')}
          </button>
          <span class="quiet">{t('load.drop')}</span>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            accept=".xlsx,.xls,.xlsm,.ods,.csv,.txt,.html,.geojson"
            onChange={(event) => take([...(event.currentTarget.files ?? [])])}
          />
          <label>
            {t('load.date')}
            <input type="date" value={date} onInput={(event) => setDate(event.currentTarget.value)} />
          </label>
        </div>
      )}
      {stage.is === 'sending' && (
        <p role="status">
          <progress aria-label={sending(stage.files)} /> {sending(stage.files)}
        </p>
      )}
      {stage.is === 'working' && (
        <div class="card">
          <p role="status">{stage.progress?.stage ?? t(stage.job.state === 'queued' ? 'load.queued' : 'load.running')}</p>
          <progress
            aria-label={stage.progress?.stage ?? t('load.running')}
            {...(stage.progress?.total ? { max: stage.progress.total, value: Math.min(stage.progress.done, stage.progress.total) } : {})}
          />
          {stage.progress?.total ? (
            <span class="quiet">
              {' '}
              {number(stage.progress.done)} / {number(stage.progress.total)}
            </span>
          ) : null}
          <button type="button" onClick={() => stop(stage.job)}>
            {t('load.cancel')}
          </button>
        </div>
      )}
      {stage.is === 'over' && (
        <Over
          job={stage.job}
          again={() => {
            setProblem(null);
            setStage({ is: 'ready' });
          }}
          done={done}
        />
      )}
      {stage.is === 'ready' && (
        <section aria-label={t('load.or_commands')}>
          <h2>{t('load.or_commands')}</h2>
          <p>{t('load.command_import')}</p>
          <pre>
            <code>lianjian import ledgers --date 2016-08-26</code>
          </pre>
          <p>{t('load.command_demo')}</p>
          <pre>
            <code>{'lianjian demo demo --orgs 20000\nlianjian serve --store demo/lianjian.db'}</code>
          </pre>
        </section>
      )}
    </div>
  );
}

/** What became of a job, in one sentence. */
function said(job: Job): string {
  if (job.state === 'done' || job.state === 'done_with_findings') return t(job.kind === 'demo' ? 'demo.done' : `load.${job.state}`);
  return t(`load.ended.${job.state === 'cancelled' || job.state === 'interrupted' ? job.state : 'failed'}`);
}

function sending(files: number): string {
  return files ? t('load.sending', { n: files }) : t('load.queued');
}

function Over({ job, again, done }: { job: Job; again: () => void; done: () => void }) {
  const well = job.state === 'done' || job.state === 'done_with_findings';
  return (
    <div class="card">
      <p>
        <strong>{said(job)}</strong>
      </p>
      {well && job.kind === 'demo' && <p>{t('demo.next')}</p>}
      {job.error && <p role="alert">{job.error[language.value]}</p>}
      {job.files.length > 0 && <Copies job={job} />}
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
      <div class="bar">
        {well && (
          <button type="button" class="main" onClick={done}>
            {t('load.open')}
          </button>
        )}
        <button type="button" onClick={again}>
          {t(job.kind === 'demo' && !well ? 'demo.again' : 'load.again')}
        </button>
      </div>
    </div>
  );
}
