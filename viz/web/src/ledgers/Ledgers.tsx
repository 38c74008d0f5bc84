/** Loading ledgers with open eyes: drop them, see what they are read as, say it better where it is wrong, import, see what came of it. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Blank } from '../campaign/Blank';
import { get, post, Refused, remove, type Problem, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { worded } from '../shell/worded';
import type { PageProps } from '../shell/pages';
import type { Job, Progress } from '../start/following';
import { look, mayLoad } from '../state/account';
import { go, page } from '../state/address';
import { announce } from '../state/announce';
import { problemOf, useAsked } from '../state/asked';
import { giveFirst, nowhere } from '../state/focus';
import { inBoth, number, t } from '../texts';
import './ledgers.css';
import type { Layouts } from './layout';
import { Looked } from './Looked';
import type { Preview, Said } from './mapping';
import { Outcome } from './Outcome';
import { send, UNDER_WAY, watch } from '../start/sending';

type Stage =
  | { is: 'choosing' }
  | { is: 'sending'; what: 'import' | 'preview' }
  | { is: 'working'; job: Job; progress: Progress | null }
  | { is: 'looked'; preview: Preview }
  | { is: 'over'; job: Job };
const TAKEN = '.xlsx,.xls,.xlsm,.ods,.csv,.txt,.html,.geojson';

export function Ledgers({ me, view }: PageProps) {
  const [stage, setStage] = useState<Stage>({ is: 'choosing' });
  const [files, setFiles] = useState<readonly File[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [date, setDate] = useState('');
  const [map, setMap] = useState('');
  const [said, setSaid] = useState<Record<string, Said>>({});
  const [layouts, setLayouts] = useState<Layouts>({});
  const [here, setHere] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const mappings = useAsked<Schemas['SavedMappings']>(mayLoad(me) ? '/mappings' : null, {}, turn);
  const stop = useRef<() => void>(() => undefined);
  const followed = useRef<string | undefined>(undefined);
  useEffect(() => () => stop.current(), []);
  const steps = useRef<HTMLOListElement>(null);
  const former = useRef(stage.is);
  useLayoutEffect(() => {
    if (former.current === stage.is) return;
    former.current = stage.is;
    // what one pressed is gone with its step: one goes on at the heading of the next
    if (nowhere() || steps.current?.contains(document.activeElement)) giveFirst(steps.current?.querySelector('[aria-current]'));
  }, [stage.is]);
  const wanted = view.held['job'];
  useEffect(() => {
    if (wanted === followed.current) return;
    stop.current();
    followed.current = wanted;
    if (wanted === undefined) {
      again();
      return;
    }
    get<Job>(`/jobs/${encodeURIComponent(wanted)}`).then(
      (job) => {
        if (followed.current !== wanted) return;
        if (UNDER_WAY.includes(job.state)) follow(job, { is: 'choosing' });
        else ended(job, { is: 'choosing' });
      },
      (error: unknown) => fail(error),
    );
  }, [wanted]);

  const fail = (error: unknown, back: Stage = { is: 'choosing' }) => {
    const found = problemOf(error);
    setProblem(found);
    setStage(back);
    announce(worded(found).detail);
  };
  const failed = (job: Job, back: Stage) => {
    const both = inBoth((text, lang) => ({ title: text(job.state === 'cancelled' ? 'ledgers.stopped' : 'ledgers.not_read'), detail: job.error?.[lang] ?? '' }));
    fail(new Refused({ code: job.state, status: 0, title: '', detail: '', both }), back);
  };
  const work = (what: 'import' | 'preview', some: readonly File[], mapping: string, back: Stage, draft: readonly Record<string, unknown>[] = []) => {
    setProblem(null);
    setStage({ is: 'sending', what });
    const fields: Record<string, string> = what === 'import' ? { map: mapping, date } : { map: mapping, layout: draft.length ? JSON.stringify(draft) : '' };
    send(`/jobs/${what}`, some, fields).then(
      (job) => {
        follow(job, back);
        if (what === 'preview') return;
        // the address holds an import: whoever looks elsewhere, or loads the page anew, comes back to it
        followed.current = job.id;
        go(page('load', { job: job.id }), 'instead');
      },
      (error: unknown) => fail(error, back),
    );
  };
  const follow = (job: Job, back: Stage) => {
    setStage({ is: 'working', job, progress: job.progress });
    stop.current();
    stop.current = watch(job, {
      progress: (progress) => setStage({ is: 'working', job, progress }),
      end: (over) => ended(over, back),
      failed: (error) => fail(error, back),
    });
  };
  const ended = (job: Job, back: Stage) => {
    const well = job.state === 'done' || job.state === 'done_with_findings';
    if (job.kind === 'preview') {
      if (!well) {
        failed(job, back.is === 'looked' ? back : { is: 'choosing' });
        return;
      }
      get<Preview>(`/jobs/${job.id}/preview`).then(
        (preview) => {
          setStage({ is: 'looked', preview });
          announce(t('ledgers.looked', { n: number(preview.files.length) }));
          remove(`/jobs/${job.id}`).catch(() => undefined); // nothing of a look is kept
        },
        (error: unknown) => fail(error),
      );
      return;
    }
    if (!well && job.state !== 'interrupted') {
      failed(job, back);
      return;
    }
    setStage({ is: 'over', job });
    if (!me.store) void look(); // there is one now
  };
  const forget = () => {
    setSaid({});
    setLayouts({});
    setHere(null);
  };
  const take = (some: readonly File[]) => {
    if (!some.length) return;
    forget();
    setFiles(some);
    work('preview', some, map, { is: 'choosing' });
  };
  const again = () => {
    setProblem(null);
    setFiles([]);
    setStage({ is: 'choosing' });
    followed.current = undefined;
    if (view.held['job'] !== undefined) go(page('load'), 'instead');
  };
  const saved = (name: string) => {
    forget();
    setMap(name);
    setTurn(turn + 1);
    work('preview', files, name, stage);
  };
  if (!mayLoad(me)) {
    return (
      <>
        <h1>{t('load.title')}</h1>
        <p>{t('load.may_not')}</p>
      </>
    );
  }
  return (
    <div class="ledgers">
      <h1>{t('load.title')}</h1>
      <Steps at={stage} around={steps} />
      {problem && <Failure problem={problem} />}
      {stage.is === 'choosing' && (
        <Choose take={take}>
          <label>
            {t('load.date')} <input type="date" value={date} onInput={(event) => setDate(event.currentTarget.value)} />
          </label>
          <label>
            {t('ledgers.mapping')}{' '}
            <select value={map} onChange={(event) => setMap(event.currentTarget.value)}>
              <option value="">{t('ledgers.no_mapping')}</option>
              {mappings.is === 'answered' && mappings.answer.mappings.map(({ name }) => <option key={name}>{name}</option>)}
            </select>
          </label>
        </Choose>
      )}
      {stage.is === 'choosing' && <Blank />}
      {stage.is === 'sending' && (
        <p role="status">
          <progress aria-label={t('load.sending', { n: number(files.length) })} /> {t('load.sending', { n: number(files.length) })}
        </p>
      )}
      {stage.is === 'working' && <Working job={stage.job} progress={stage.progress} fail={(error) => setProblem(problemOf(error))} />}
      {stage.is === 'looked' && (
        <Looked
          preview={stage.preview}
          map={map}
          own={mappings.is === 'answered' ? mappings.answer.mappings.filter(({ own }) => own) : []}
          said={said}
          say={setSaid}
          layouts={layouts}
          layOut={(next, key, draft) => {
            // its columns are others now
            setSaid(Object.fromEntries(Object.entries(said).filter(([one]) => one !== key)));
            setLayouts(next);
            setHere(key || null);
            work('preview', files, map, stage, draft);
          }}
          here={here}
          load={() => work('import', files, map, stage)}
          saved={saved}
          again={again}
        />
      )}
      {stage.is === 'over' && <Outcome job={stage.job} me={me} again={again} />}
    </div>
  );
}

function Steps({ at, around }: { at: Stage; around: preact.RefObject<HTMLOListElement | null> }) {
  const now = at.is === 'choosing' || (at.is === 'sending' && at.what === 'preview') || (at.is === 'working' && at.job.kind === 'preview') ? 0 : at.is === 'looked' ? 1 : 2;
  return (
    <ol ref={around} class="steps" aria-label={t('ledgers.steps')}>
      {(['ledgers.step.choose', 'ledgers.step.look', 'ledgers.step.load'] as const).map((step, k) => (
        <li key={step} aria-current={k === now ? 'step' : undefined} class={k < now ? 'past' : undefined}>
          <span aria-hidden="true">{k < now ? '✓' : k + 1}</span> {t(step)}
        </li>
      ))}
    </ol>
  );
}

function Choose({ take, children }: { take: (files: readonly File[]) => void; children: preact.ComponentChildren }) {
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div
      class={over ? 'card drop over' : 'card drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <p>{t('ledgers.intro')}</p>
      <button type="button" class="main" onClick={() => picker.current?.click()}>
        {t('load.begin')}
      </button>
      <span class="quiet">{t('load.drop')}</span>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept={TAKEN}
        onChange={(event) => {
          take([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = ''; // the same file again is a choice too
        }}
      />
      {children}
    </div>
  );
}

function Working({ job, progress, fail }: { job: Job; progress: Progress | null; fail: (error: unknown) => void }) {
  const total = progress?.total ?? null;
  return (
    <div class="card">
      <p role="status">{progress?.stage ?? t(job.state === 'queued' ? 'load.queued' : 'load.running')}</p>
      <progress aria-label={progress?.stage ?? t('load.running')} {...(progress && total ? { max: total, value: Math.min(progress.done, total) } : {})} />
      {progress && total ? (
        <span class="quiet">
          {' '}
          {number(progress.done)} / {number(total)}
        </span>
      ) : null}{' '}
      <button type="button" onClick={() => void post<Job>(`/jobs/${job.id}/cancel`, {}).catch(fail)}>
        {t('load.cancel')}
      </button>
    </div>
  );
}
