/** The plan: asked for with what-ifs and decisions, followed as it goes, its proposals opened, changed, and planned anew. */
import { useEffect, useState } from 'preact/hooks';
import { address, type Problem } from '../api/client';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import type { Held } from '../state/address';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { language, number, percent, t } from '../texts';
import { decided, read, type Constraints, type Plan, type PlanEntry } from './draft';
import { change, type Listed } from './held';
import { ask, stop, usePlan, type Planned } from './planjob';
import { Proposals } from './Proposals';
import { Rates } from './Rates';
import { values, WhatIf } from './WhatIf';
import { cost } from './wording';

const NONE: Constraints = { pin: [], forbid: [], accept: [] };

interface Props {
  listed: Listed;
  held: Held;
  within: string | undefined;
}

export function Planning({ listed, held, within }: Props) {
  const job = held['job'];
  const [turn, setTurn] = useState(0);
  const planned = usePlan(job, turn);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const set = values(held['set']);
  const plan = planned.is === 'over' ? planned.plan : null;
  const units = plan?.ledger_units.filter(({ joint, attached, uncovered }) => joint.length + attached.length + uncovered.length > 0) ?? [];
  const entry = units.find(({ id }) => id === held['unit']) ?? units[0] ?? null;
  const actions = read(held['draft']);

  const begin = (constraints: Constraints, from?: string) => {
    setSending(true);
    setProblem(null);
    ask({ within, set, constraints, from }).then(
      (id) => {
        setSending(false);
        change({ job: id, draft: undefined, group: undefined, before: plan ? job : held['before'], kept: plan ? held['draft'] : held['kept'] });
        announce(t('board.plan.begun'));
      },
      (error: unknown) => {
        setSending(false);
        setProblem(problemOf(error));
      },
    );
  };
  useEffect(() => {
    if (planned.is === 'over') announce(t(planned.plan ? 'board.plan.done' : 'board.plan.nothing'));
  }, [planned.is]);
  const busy = sending || planned.is === 'working' || planned.is === 'asking';
  return (
    <div class="planning">
      {problem && <Failure problem={problem} />}
      <div class="plan-head">
        <div class="bar">
          <Act main off={busy} act={() => (plan ? begin(decided(plan.constraints, entry, actions), job) : begin(NONE))}>
            {t(plan ? 'board.plan.again' : 'board.plan.begin')}
          </Act>
          {(plan !== null || held['before'] !== undefined) && (
            <Act off={busy} act={() => begin(NONE)}>
              {t('board.plan.fresh')}
            </Act>
          )}
          {planned.is === 'over' && <Files job={planned.job.id} names={planned.job.files.map(({ name }) => name)} />}
        </div>
        <WhatIf set={set} put={(next) => change({ set: next || undefined }, 'instead')} />
      </div>
      <Course planned={planned} again={() => setTurn(turn + 1)} back={held['before'] ? () => change({ job: held['before'], draft: held['kept'], before: undefined, kept: undefined }) : null} fail={(error) => setProblem(problemOf(error))} />
      {plan && planned.is === 'over' && (
        <>
          <Totals plan={plan} units={units} />
          {entry ? (
            <Proposals key={planned.job.id} listed={listed} plan={plan} entry={entry} units={units} job={planned.job.id} held={held} actions={actions} />
          ) : (
            <p>{t('board.plan.empty')}</p>
          )}
          <Rates job={planned.job.id} within={within} />
        </>
      )}
      {planned.is === 'none' && <p class="quiet">{t('board.plan.intro')}</p>}
    </div>
  );
}

interface CourseProps {
  planned: Planned;
  /** Asks once more what has become of the job. */
  again: () => void;
  back: (() => void) | null;
  fail: (error: unknown) => void;
}

function Course({ planned, again, back, fail }: CourseProps) {
  if (planned.is === 'failed') return <Failure problem={planned.problem} again={again} />;
  if (planned.is === 'asking') return <p class="quiet">{t('wait')}</p>;
  if (planned.is === 'over' && !planned.plan) {
    const { error, state } = planned.job;
    return (
      <div class="failure" role="alert">
        <strong>{t(state === 'cancelled' ? 'board.plan.cancelled' : 'board.plan.failed')}</strong>
        {error && <p>{error[language.value]}</p>}
        {back && (
          <button type="button" onClick={back}>
            {t('board.plan.back')}
          </button>
        )}
      </div>
    );
  }
  if (planned.is !== 'working') return null;
  const { job, progress } = planned;
  const said = progress?.stage ?? t(job.state === 'queued' ? 'board.plan.queued' : 'board.plan.running');
  return (
    <div class="card course">
      <p role="status">{said}</p>
      <ul class="figures live" aria-label={t('board.plan.running')}>
        <li>
          <strong data-gap={progress?.gap ?? ''}>{percent(progress?.gap, 1, 3)}</strong>
          <span>{t('board.live.gap')}</span>
        </li>
        {progress?.total ? (
          <li>
            <strong>
              {number(progress.done)} / {number(progress.total)}
            </strong>
            <span>{t('board.live.units')}</span>
          </li>
        ) : null}
      </ul>
      <progress aria-label={t('board.plan.running')} {...(progress?.total ? { max: progress.total, value: Math.min(progress.done, progress.total) } : {})} />
      <button type="button" onClick={() => void stop(job.id).catch(fail)}>
        {t('board.plan.stop')}
      </button>
    </div>
  );
}

function Files({ job, names }: { job: string; names: readonly string[] }) {
  const known = ['worklist.xlsx', 'plan.json', 'units.xlsx'] as const;
  return (
    <span class="files">
      {known
        .filter((name) => names.includes(name))
        .map((name) => (
          <a key={name} href={address(`/jobs/${encodeURIComponent(job)}/files/${name}`)} download={name}>
            {t(`board.file.${name}`)}
          </a>
        ))}
    </span>
  );
}

function Totals({ plan, units }: { plan: Plan; units: readonly PlanEntry[] }) {
  const sum = (of: (one: PlanEntry) => number) => units.reduce((all, one) => all + of(one), 0);
  const objective = sum(({ objective: one }) => one);
  const bound = sum((one) => one.objective * (1 - one.gap));
  const figures: [string, string][] = [
    [t('board.total.joint'), number(sum(({ joint }) => joint.length))],
    [t('board.total.grouped'), number(sum(({ joint }) => joint.reduce((n, { organizations }) => n + organizations.length, 0)))],
    [t('board.total.attached'), number(sum(({ attached }) => attached.length))],
    [t('board.total.separate'), number(plan.ledger_units.reduce((n, { separate }) => n + separate.length, 0))],
    [t('board.total.alone'), number(sum(({ uncovered }) => uncovered.length))],
    [t('board.cost'), cost(objective)],
    [t('board.total.gap'), percent(objective ? (objective - bound) / objective : 0, 1, 2)],
  ];
  return (
    <ul class="figures" aria-label={t('board.totals')}>
      {figures.map(([name, value]) => (
        <li key={name}>
          <strong>{value}</strong>
          <span>{name}</span>
        </li>
      ))}
    </ul>
  );
}
