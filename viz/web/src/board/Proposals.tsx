/** The proposals of one ledger unit: hulls and cards, changed by mouse or keys; cost and rules are said at once. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import type { Held } from '../state/address';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { giveFirst } from '../state/focus';
import { language, number, percent, t } from '../texts';
import { Alternatives } from './Alternatives';
import { weigh } from './Apart';
import { Decisions } from './Decisions';
import { prices as priced, sums, tries, type Verdict } from './costs';
import { ALONE, decided, groupsOf, moved, written, type Action, type Group, type Plan, type PlanEntry } from './draft';
import { GroupCard } from './GroupCard';
import { change, type Listed } from './held';
import { useListing } from './listing';
import { Map, type Hull } from './Map';
import { isLong } from './More';
import { marked } from './Open';
import { Twin } from './Twin';
import { cost } from './wording';

interface Props {
  listed: Listed;
  plan: Plan;
  entry: PlanEntry;
  units: readonly PlanEntry[];
  job: string;
  held: Held;
  actions: Action[];
}

export function Proposals({ listed, plan, entry, units, job, held, actions }: Props) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [verdicts, setVerdicts] = useState<Record<string, Verdict>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const last = useRef(0);
  const keyed = useRef(false);
  const before = useMemo(() => groupsOf(entry), [entry]);
  const draft = written(actions);
  const groups = useMemo(() => moved(before, actions), [before, draft]);
  // of a long board, who is in this ledger unit may be far down: they are asked for by themselves
  const long = isLong(listed);
  const own = useListing(entry.id, undefined, long);
  const entries = long ? own.listed?.entries : listed.entries;
  useEffect(() => {
    if (own.listed?.next && !own.busy && !own.problem) own.further();
  }, [own.listed, own.busy]);
  const people = useMemo(() => new globalThis.Map((entries ?? []).map((one) => [one.code, one])), [entries]);
  const names = (code: string) => people.get(code)?.name ?? code;
  const label = (group: Group) => {
    if (group.key === ALONE) return t('board.alone');
    if (group.unit !== null) return t('board.group.host', { unit: group.unit });
    const n = groups.filter(({ unit, key }) => unit === null && key !== ALONE).findIndex(({ key }) => key === group.key) + 1;
    return t('board.group', { n });
  };
  const prices = useMemo(() => priced(entry, plan.parameters['uncovered']), [entry, plan]);
  const changed = groups.filter((group) => group.changed);

  useEffect(() => {
    const turn = ++last.current;
    const asked = changed.flatMap((group) => tries(group, prices).map((one) => ({ key: group.key, one })));
    setProblem(null);
    if (!asked.length) {
      setVerdicts({});
      return;
    }
    weigh(entry.id, job, asked.map(({ one }) => one)).then(
      ({ groups: found }) => {
        if (turn !== last.current) return;
        const next: Record<string, Verdict> = {};
        found.forEach((one, k) => {
          const key = asked[k]?.key ?? '';
          const had = next[key];
          const sum = had === undefined ? 0 : had.cost;
          next[key] = { faults: [...(had?.faults ?? []), ...one.faults], cost: sum === null || one.cost === null ? null : sum + one.cost };
        });
        setVerdicts(next);
        const broken = Object.values(next).flatMap(({ faults }) => faults.map(({ text }) => text[language.value]));
        const { now, then } = sums(changed, next, prices);
        announce(broken.length ? t('board.draft.broken', { rules: broken.join('; ') }) : t('board.draft.costs', { before: cost(then), after: now === null ? '–' : cost(now) }));
      },
      (error: unknown) => turn === last.current && setProblem(problemOf(error)),
    );
  }, [draft, entry, job]);

  // the list of ledger units stays where it is, and has the focus that it had: all else is of the other one
  useEffect(() => setChosen(new Set()), [entry.id]);

  const act = (action: Action) => {
    change({ draft: written([...actions, action]) });
    setChosen(new Set());
  };
  const move = (who: readonly string[], to: string) => {
    const from = new Set(groups.filter(({ organizations }) => who.some((code) => organizations.includes(code))).map(({ key }) => key));
    const moves = who.length > 0 && !(from.size === 1 && from.has(to));
    if (moves) act({ do: 'move', who: [...who], to });
    return moves;
  };
  const toggle = (code: string) => {
    const next = new Set(chosen);
    if (!next.delete(code)) next.add(code);
    setChosen(next);
  };
  const drop = (code: string, on: { code?: string; hull?: string }) => {
    const to = on.hull ?? groups.find(({ organizations }) => on.code !== undefined && organizations.includes(on.code))?.key;
    if (to === ALONE && on.code !== undefined) act({ do: 'move', who: [code, on.code], to: 'new' });
    else if (to !== undefined) move([code], to);
  };
  const all = useMemo(() => groups.flatMap(({ organizations }) => organizations), [groups]);
  // in an order of their own: a move changes no place on the sheet
  const marks = useMemo(() => [...all].sort().flatMap((code) => people.get(code) ?? []).map(marked), [[...all].sort().join(' '), people]);
  const hulls: Hull[] = groups
    .filter(({ key, organizations }) => key !== ALONE && organizations.length > 0)
    .map((group) => ({
      key: group.key,
      title: label(group),
      label: group.unit !== null ? '' : String(groups.filter(({ unit, key }) => unit === null && key !== ALONE).indexOf(group) + 1),
      members: group.organizations,
      state: verdicts[group.key]?.faults.length ? 'broken' : group.changed ? 'changed' : 'plain',
    }));
  const { now, then } = sums(changed, verdicts, prices);
  const who = [...chosen];
  // whom one moved from the list of groups, one goes on at: nobody is chosen then, and the list is of no use
  const section = useRef<HTMLElement>(null);
  const sent = useRef<string | undefined>(undefined);
  const send = (to: string) => {
    if (move(who, to)) sent.current = who[0];
  };
  useLayoutEffect(() => {
    const code = sent.current;
    sent.current = undefined;
    if (code !== undefined) giveFirst(section.current?.querySelector(`.people li[data-code='${CSS.escape(code)}'] input`));
  }, [draft]);
  return (
    <section ref={section} class="proposals" aria-label={t('board.proposals', { name: entry.name })}>
      <div class="bar">
        <label>
          {t('board.column.ledger_unit')}{' '}
          <select value={entry.id} onChange={(event) => change({ unit: event.currentTarget.value, draft: undefined, group: undefined })}>
            {units.map((one) => (
              <option key={one.id} value={one.id}>
                {t('board.unit.option', { name: one.name, n: one.joint.length })}
              </option>
            ))}
          </select>
        </label>
        <span class="quiet">{t(entry.status === 'optimal' ? 'board.status.optimal' : 'board.status.other', { cost: cost(entry.objective), gap: percent(entry.gap, 1, 2) })}</span>
        <button type="button" aria-expanded={held['alternatives'] === '1'} onClick={() => change({ alternatives: held['alternatives'] === '1' ? undefined : '1' }, 'instead')}>
          {t('board.alternatives')}
        </button>
      </div>
      {held['alternatives'] === '1' && <Alternatives key={entry.id} unit={entry.id} job={job} names={names} />}
      {problem && <Failure problem={problem} />}
      {own.asked.is === 'failed' && <Failure problem={own.asked.problem} again={own.again} />}
      {own.problem && <Failure problem={own.problem} again={own.further} />}
      {!entries && !(own.asked.is === 'failed') && <p class="quiet">{t('wait')}</p>}
      <div class="bar act" role="toolbar" aria-label={t('board.act')}>
        <span class="picked">{who.length ? t('board.picked', { names: who.slice(0, 3).map(names).join('、'), n: who.length }) : t('board.pick')}</span>
        <label>
          {t('board.move')}{' '}
          <select
            value=""
            disabled={!who.length}
            title={t('board.move.keys')}
            onPointerDown={() => (keyed.current = false)}
            onKeyDown={(event) => {
              keyed.current = true;
              const to = event.currentTarget.value;
              if (event.key !== 'Enter' || !to) return;
              event.preventDefault();
              event.currentTarget.value = '';
              send(to);
            }}
            onChange={(event) => {
              if (keyed.current) return; // on its way down the list: Enter takes what one has come to
              send(event.currentTarget.value);
              event.currentTarget.value = '';
            }}
          >
            <option value="">…</option>
            {groups.map((group) => (
              <option key={group.key} value={group.key}>
                {label(group)}
                {group.organizations[0] && group.key !== ALONE ? ` · ${group.organizations.slice(0, 2).map(names).join('、')}` : ''}
              </option>
            ))}
            <option value="new">{t('board.group.new')}</option>
          </select>
        </label>
        <Act off={who.length < 2} act={() => act({ do: 'pin', set: who })}>
          {t('board.pin')}
        </Act>
        <Act off={who.length < 2} act={() => act({ do: 'forbid', set: who })}>
          {t('board.forbid')}
        </Act>
        <Act off={!actions.length} act={() => change({ draft: written(actions.slice(0, -1)) })}>
          {t('board.undo')}
        </Act>
      </div>
      {changed.length > 0 && (
        <p class={now === null ? 'verdict broken' : 'verdict'} data-after={now ?? ''}>
          {t('board.draft.costs', { before: cost(then), after: now === null ? '–' : cost(now) })}{' '}
          <strong>{now === null ? t('board.draft.not_possible') : `${now > then ? '+' : ''}${cost(now - then)}`}</strong>
        </p>
      )}
      <div class="split wide">
        <div class="stick">
          <Map key={entry.id} name={t('board.map.plan', { name: entry.name })} marks={marks} hulls={hulls} chosen={chosen} opened={held['group']} choose={toggle} drop={drop} />
          <Decisions former={plan.constraints} now={decided(plan.constraints, entry, actions)} actions={actions} names={names} put={(next) => change({ draft: written(next) })} />
          {entry.moved && entry.moved.length > 0 && (
            <details class="moved">
              <summary>{t('board.moved', { n: number(entry.moved.length) })}</summary>
              <ul>
                {entry.moved.map(({ organization, before: from, after }) => (
                  <li key={organization}>
                    {names(organization)}: {from.unit ?? t(`board.as.${from.as}` as 'board.as.joint')} → {after.unit ?? t(`board.as.${after.as}` as 'board.as.joint')}
                  </li>
                ))}
              </ul>
            </details>
          )}
        </div>
        <ol class="cards" aria-label={t('board.groups')}>
          {groups.map((group) => (
            <GroupCard
              key={group.key}
              group={group}
              label={label(group)}
              of={entry.joint.find(({ id }) => id === group.key) ?? null}
              entry={entry}
              prices={prices}
              verdict={verdicts[group.key] ?? null}
              chosen={chosen}
              people={people}
              toggle={toggle}
              take={(codes) => move(codes, group.key)}
              accept={() => act({ do: 'accept', set: [...group.organizations].sort() })}
              pin={() => act({ do: 'pin', set: [...group.organizations].sort() })}
              opened={held['group'] === group.key}
              open={() => change({ group: held['group'] === group.key ? undefined : group.key }, 'instead')}
              unit={entry.id}
              job={job}
            />
          ))}
        </ol>
      </div>
      <Twin groups={groups} label={label} entry={entry} prices={prices} verdicts={verdicts} people={people} chosen={chosen} toggle={toggle} />
    </section>
  );
}
