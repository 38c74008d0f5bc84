/** Crossing off (销号): pending → formed → inspected → struck off, each with evidence and taken back with a reason; and measures. */
import { useMemo, useRef, useState } from 'preact/hooks';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import type { Held } from '../state/address';
import { format, opened } from '../state/address';
import { isComing } from '../state/asked';
import { filtered } from '../table/rows';
import { Table, type Row } from '../table/Table';
import { language, number, t } from '../texts';
import { change, type Entry, type Listed } from './held';
import { History } from './History';
import { useListing, type Listing } from './listing';
import { Areas, isLong, More } from './More';
import { Record, type What } from './Record';
import { following, measured, stateName, STATES, type State } from './wording';

const COLUMNS = ['name', 'state', 'since', 'evidence', 'measures', 'ledger_unit', 'code'] as const;

interface Props {
  listing: Listing;
  /** The jurisdiction's, whatever state is asked for. */
  whole: Listed;
  within: string | undefined;
  held: Held;
  may: boolean;
}

export function CrossOff({ listing, whole, within, held, may }: Props) {
  const state = STATES.find((one) => one === held['state']);
  // of a long board, those in one state are asked for: they may be far down
  const narrowed = useListing(within, state, state !== undefined && isLong(whole));
  const long = isLong(whole);
  const here = long && state !== undefined ? narrowed : listing;
  const listed = here.listed ?? { ...whole, entries: [] };
  const again = () => {
    listing.again();
    if (here !== listing) here.again();
  };
  const text = held['text'] ?? '';
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [recording, setRecording] = useState<What | null>(null);
  const table = useRef<HTMLDivElement>(null);
  const recorded = useRef<string | undefined>(undefined);
  const of = held['of'];
  const lang = language.value;
  const entries = useMemo(
    // those to be formed first: the others are there for their measures
    () => (state ? listed.entries.filter((entry) => entry.state === state) : [...listed.entries].sort((a, b) => Number(a.state === null) - Number(b.state === null))),
    [listed, state],
  );
  const rows = useMemo(() => entries.map((entry) => rowOf(entry, entry.code === of)), [entries, of, lang]);
  const people = useMemo(() => new Map(entries.map((entry) => [entry.code, entry])), [entries]);
  // what a filter hides is not recorded with the rest
  const picked = useMemo(() => filtered(rows, text).flatMap(({ key }) => (chosen.has(key) ? (people.get(key) ?? []) : [])), [rows, text, chosen]);
  const states = new Set(picked.map((entry) => entry.state));
  const only = states.size === 1 ? [...states][0] : undefined;
  const next: State | null = only === undefined ? null : following(only);
  const back = picked.length > 0 && picked.every((entry) => entry.last !== null);
  const one = listed.entries.find(({ code }) => code === held['of']);
  const toggle = (code: string) => {
    const now = new Set(chosen);
    if (!now.delete(code)) now.add(code);
    setChosen(now);
  };
  const codes = picked.map(({ code }) => code);
  /** After a step: on from the row that it was recorded of. */
  const onward = () => {
    const key = recorded.current;
    recorded.current = undefined;
    return key === undefined ? null : (table.current?.querySelector(`tr[data-key='${CSS.escape(key)}'] input`) ?? null);
  };
  const close = (written: boolean) => {
    setRecording(null);
    if (!written) return;
    recorded.current = recording?.is === 'measure' ? undefined : recording?.codes[0];
    setChosen(new Set());
    again();
  };
  const forming = STATES.reduce((sum, name) => sum + (whole.totals.states[name] ?? 0), 0);
  return (
    <div class="crossing">
      <div class="bar chips lane" role="group" aria-label={t('board.states')}>
        {STATES.map((name, k) => (
          <span key={name} class="stage">
            {k > 0 && (
              <span class="arrow" aria-hidden="true">
                →
              </span>
            )}
            <button type="button" aria-pressed={state === name} onClick={() => change({ state: state === name ? undefined : name }, 'instead')}>
              {stateName(name)} <strong>{number(whole.totals.states[name] ?? 0)}</strong>
            </button>
          </span>
        ))}
        <span class="quiet">{t('board.progress', { done: number((whole.totals.states['struck_off'] ?? 0) + (whole.totals.states['rechecked'] ?? 0)), n: number(forming), without: number(whole.totals.without_measures) })}</span>
      </div>
      {may && (
        <div class="bar act" role="toolbar" aria-label={t('board.record')}>
          <span class="picked">{picked.length ? t('board.picked', { names: picked.slice(0, 3).map(({ name, code }) => name ?? code).join('、'), n: picked.length }) : t('board.cross.pick')}</span>
          <Act main off={!next} act={() => next && setRecording({ is: 'step', codes, to: next })}>
            {next ? t('board.step', { state: stateName(next) }) : t('board.step.none')}
          </Act>
          <Act off={!back} act={() => setRecording({ is: 'back', codes })}>
            {t('board.back')}
          </Act>
          {picked.length > 0 && states.size > 1 && <span class="quiet">{t('board.step.mixed')}</span>}
        </div>
      )}
      {here !== listing && here.asked.is === 'failed' && <Failure problem={here.asked.problem} again={here.again} />}
      {long && <More listing={here} state={state} />}
      {recording && <Record what={recording} date={listed.as_of} picked={picked} close={close} onward={onward} />}
      <div class="split cross">
        <div ref={table}>
          <Table
            name={t('board.cross.list')}
            file="cross-off"
            head={COLUMNS.map((key) => t(`board.column.${key}`))}
            rows={rows}
            chosen={of ?? null}
            filter={{ text, put: (next) => change({ text: next }, 'instead') }}
            busy={isComing(here.asked)}
            {...(may && { picked: { keys: chosen, toggle, label: t('board.column.chosen'), all: { label: t('board.all'), put: (keys: string[]) => setChosen(new Set(keys)) } } })}
          />
        </div>
        <aside class={one ? 'about' : 'about none'}>
          {one ? <History key={one.code} entry={one} may={may} measure={() => setRecording({ is: 'measure', codes: [one.code] })} /> : <p class="quiet">{t('board.cross.choose')}</p>}
        </aside>
      </div>
      {long && <Areas listed={whole} held={held} />}
    </div>
  );
}

/** An entry as it is searched, sorted and exported, and as it is drawn. */
function rowOf(entry: Entry, here: boolean): Row {
  const { code, last, measures, state } = entry;
  const name = entry.name ?? code;
  return {
    key: code,
    fixed: state === null,
    cells: [name, stateName(state) + (entry.skipped ? ` (${t('board.skipped')})` : ''), last?.date ?? null, last?.text ?? null, measured(entry) || null, entry.ledger_unit_name, code],
    drawn: {
      0: (
        <>
          <button type="button" class="link" aria-current={here} onClick={() => change({ of: code }, 'instead')}>
            {name}
          </button>{' '}
          <a class="quiet" href={format(opened('organization', code))} aria-label={t('board.to_entity', { name })}>
            ↗
          </a>
        </>
      ),
      1: (
        <>
          <span class={`state ${state ?? 'none'}`}>{stateName(state)}</span>
          {entry.skipped && <small class="warning"> {t('board.skipped')}</small>}
        </>
      ),
      2: <span class="date">{last?.date}</span>,
      ...(measures?.late && { 4: <span class="warning">{measured(entry)}</span> }),
    },
  };
}
