/** Crossing off (销号): pending → formed → inspected → struck off, each with evidence and taken back with a reason; and measures. */
import { useMemo, useState } from 'preact/hooks';
import { Failure } from '../shell/Failure';
import type { Held } from '../state/address';
import { format, opened } from '../state/address';
import { number, t } from '../texts';
import { filtered, type Cell } from '../table/rows';
import { change, type Entry, type Listed } from './held';
import { History } from './History';
import { useListing, type Listing } from './listing';
import { Areas, isLong, More } from './More';
import { Record, type What } from './Record';
import { following, measured, stateName, STATES, type State } from './wording';

const SHOWN = 300;

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
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [recording, setRecording] = useState<What | null>(null);
  const rows = useMemo(() => {
    // those to be formed first: the others are there for their measures
    const some = state ? listed.entries.filter((entry) => entry.state === state) : [...listed.entries].sort((a, b) => Number(a.state === null) - Number(b.state === null));
    return filtered(
      some.map((entry) => ({ entry, cells: [entry.name, entry.code, entry.ledger_unit_name, stateName(entry.state), measured(entry), entry.last?.text ?? null] satisfies Cell[] })),
      text,
    ).map(({ entry }) => entry);
  }, [listed, state, text]);
  const shown = rows.slice(0, SHOWN);
  const open = shown.filter(({ state: stands }) => stands !== null);
  const picked = rows.filter(({ code }) => chosen.has(code)); // what a filter hides is not recorded with the rest
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
  const close = (written: boolean) => {
    setRecording(null);
    if (!written) return;
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
          <button type="button" class="main" disabled={!next} onClick={() => next && setRecording({ is: 'step', codes, to: next })}>
            {next ? t('board.step', { state: stateName(next) }) : t('board.step.none')}
          </button>
          <button type="button" disabled={!back} onClick={() => setRecording({ is: 'back', codes })}>
            {t('board.back')}
          </button>
          {picked.length > 0 && states.size > 1 && <span class="quiet">{t('board.step.mixed')}</span>}
        </div>
      )}
      {here.asked.is === 'failed' && <Failure problem={here.asked.problem} again={here.again} />}
      {long && <More listing={here} state={state} />}
      {recording && <Record what={recording} date={listed.as_of} picked={picked} close={close} />}
      <div class="split cross">
        <div>
          <div class="bar">
            <input type="search" aria-label={t('table.filter', { name: t('board.title') })} placeholder={t('table.filter', { name: '' })} value={text} onInput={(event) => setText(event.currentTarget.value)} />
            <span class="quiet" role="status">
              {rows.length > shown.length ? t('table.first', { shown: number(shown.length), n: number(rows.length) }) : t('table.all', { n: number(rows.length) })}
            </span>
          </div>
          <div class="scroll tall" tabIndex={0} role="region" aria-label={t('board.tab.cross')}>
            <table>
              <thead>
                <tr>
                  {may && (
                    <th scope="col">
                      <input
                        type="checkbox"
                        aria-label={t('board.all')}
                        checked={open.length > 0 && open.every(({ code }) => chosen.has(code))}
                        onChange={(event) => setChosen(event.currentTarget.checked ? new Set(open.map(({ code }) => code)) : new Set())}
                      />
                    </th>
                  )}
                  {(['name', 'state', 'since', 'evidence', 'measures'] as const).map((key) => (
                    <th key={key} scope="col">
                      {t(`board.column.${key}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {shown.map((entry) => (
                  <Line key={entry.code} entry={entry} may={may} chosen={chosen.has(entry.code)} here={entry.code === held['of']} toggle={() => toggle(entry.code)} open={() => change({ of: entry.code }, 'instead')} />
                ))}
              </tbody>
            </table>
          </div>
        </div>
        <aside class="about">
          {one ? <History key={`${one.code} ${one.state ?? ''} ${one.measures?.measures ?? ''}`} entry={one} may={may} measure={() => setRecording({ is: 'measure', codes: [one.code] })} /> : <p class="quiet">{t('board.cross.choose')}</p>}
        </aside>
      </div>
      {long && <Areas listed={whole} held={held} />}
    </div>
  );
}

interface LineProps {
  entry: Entry;
  may: boolean;
  chosen: boolean;
  here: boolean;
  toggle: () => void;
  open: () => void;
}

function Line({ entry, may, chosen, here, toggle, open }: LineProps) {
  const name = entry.name ?? entry.code;
  return (
    <tr class={chosen || here ? 'chosen' : ''}>
      {may && (
        <td>
          <input type="checkbox" aria-label={name} checked={chosen} disabled={entry.state === null} onChange={toggle} />
        </td>
      )}
      <td>
        <button type="button" class="link" aria-current={here} onClick={open}>
          {name}
        </button>{' '}
        <a class="quiet" href={format(opened('organization', entry.code))} aria-label={t('board.to_entity', { name })}>
          ↗
        </a>
      </td>
      <td>
        <span class={`state ${entry.state ?? 'none'}`}>{stateName(entry.state)}</span>
        {entry.skipped && <small class="warning"> {t('board.skipped')}</small>}
      </td>
      <td>{entry.last?.date}</td>
      <td>{entry.last?.text}</td>
      <td class={entry.measures?.late ? 'warning' : ''}>{measured(entry)}</td>
    </tr>
  );
}
