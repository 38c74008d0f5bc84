/** Two dates side by side: what happened in between, in the words of the trade, counted, on a small map and in a table. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { go, opened, page, type Held } from '../state/address';
import { announce } from '../state/announce';
import { useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { kindName, number, t } from '../texts';
import { ChangesMap } from './ChangesMap';
import { called, DIRECTIONS, EVENTS, lastTwo, SHAPES, type Direction, type EventName } from './changing';
import { toggled } from './held';

/** Events that are fetched at most; the numbers are of all. */
const MOST = 5_000;

export function Changes({ held }: { held: Held }) {
  const [turn, setTurn] = useState(0);
  const dates = useAsked<Schemas['LedgerDates']>('/changes/dates', {}, turn);
  const known = dates.is === 'answered' ? [...new Set([dates.answer.latest, ...dates.answer.dates.map(({ date }) => date)])].sort() : [];
  const two = dates.is === 'answered' ? (lastTwo(dates.answer.dates.map(({ date }) => date)) ?? lastTwo(known)) : null;
  const from = held['from'] ?? two?.[0] ?? '';
  const to = held['to'] ?? two?.[1] ?? '';
  const set = (more: Record<string, string>) => go(page('desk', { ...held, part: 'changes', from, to, ...more }), 'instead');
  if (dates.is === 'failed') return <Failure problem={dates.problem} again={() => setTurn(turn + 1)} />;
  if (dates.is === 'asking') return <p class="quiet">{t('wait')}</p>;
  return (
    <>
      <div class="bar between">
        <When label={t('desk.from')} value={from} known={known} set={(date) => set({ from: date, street: '' })} />
        <span aria-hidden="true">→</span>
        <When label={t('desk.to')} value={to} known={known} set={(date) => set({ to: date, street: '' })} />
      </div>
      {!two && !(from && to) && <p class="empty">{t('desk.one_date', { date: dates.answer.latest })}</p>}
      {from && to && <Between key={`${from} ${to}`} from={from} to={to} held={held} set={set} />}
    </>
  );
}

function When({ label, value, known, set }: { label: string; value: string; known: readonly string[]; set: (date: string) => void }) {
  const dates = value && !known.includes(value) ? [...known, value].sort() : known;
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        {[...dates].reverse().map((date) => (
          <option key={date}>{date}</option>
        ))}
      </select>
    </label>
  );
}

interface Props {
  from: string;
  to: string;
  held: Held;
  set: (more: Record<string, string>) => void;
}

function Between({ from, to, held, set }: Props) {
  const [turn, again] = useState(0);
  const asked = useAsked<Schemas['Changes']>('/changes', { from, to, limit: MOST }, turn);
  const found = asked.is === 'answered' ? asked.answer : null;
  const street = held['street'] ?? '';
  const wanted = useMemo(() => (held['event'] ?? '').split(',').filter((one) => EVENTS.some((event) => event === one)), [held['event']]);
  const total = found ? Object.values(found.totals).reduce((a, b) => a + b, 0) : 0;
  useEffect(() => {
    if (found) announce(t('desk.events', { n: number(total) }));
  }, [found]);
  const shown = useMemo(
    () => (found?.events ?? []).filter((one) => (!wanted.length || wanted.includes(one.event)) && (!street || one.street_id === street)),
    [found, wanted, street],
  );
  if (asked.is === 'failed') return <Failure problem={asked.problem} again={() => again((n) => n + 1)} />;
  if (!found) return <p class="quiet">{t('desk.comparing')}</p>;
  const directions = new Map<string, Direction>();
  for (const { event, direction } of found.events) directions.set(event, DIRECTIONS.find((one) => one === direction) ?? 'changed');
  const here = found.streets.find(({ id }) => id === street);
  return (
    <>
      <p>
        {t('desk.events', { n: number(total) })}
        <span class="quiet"> · {t('desk.values_changed', { changed: number(found.values.changed), corrected: number(found.values.corrected) })}</span>
      </p>
      {!total && <p class="empty">{t('desk.no_events')}</p>}
      <div class="chips" role="group" aria-label={t('desk.kinds_of_events')}>
        {EVENTS.filter((event) => found.totals[event]).map((event: EventName) => (
          <button key={event} type="button" aria-pressed={wanted.includes(event)} onClick={() => set({ event: toggled(wanted, event).join(',') })}>
            <Shape direction={directions.get(event) ?? 'changed'} /> {t(`desk.event.${event}`)} <strong>{number(found.totals[event] ?? 0)}</strong>
          </button>
        ))}
      </div>
      {total > 0 && <ChangesMap streets={found.streets} chosen={street} choose={(id) => set({ street: id === street ? '' : id })} />}
      {street && (
        <p class="bar">
          {t('desk.in_street', { name: here?.name ?? street })}
          <button type="button" onClick={() => set({ street: '' })}>
            {t('desk.all_streets')}
          </button>
        </p>
      )}
      {found.next && <p class="warning">{t('desk.events_cut', { shown: number(found.events.length), n: number(total) })}</p>}
      <Table
        name={t('desk.events_table')}
        file={`changes_${from}_${to}`}
        head={[t('column.name'), t('desk.event'), t('desk.before'), t('desk.after'), t('desk.facet.district'), t('desk.facet.street'), t('column.kind'), t('column.code')]}
        rows={shown.map((one, k) => ({
          key: String(k),
          cells: [
            one.name ?? one.id,
            EVENTS.some((event) => event === one.event) ? t(`desk.event.${one.event as EventName}`) : one.event,
            called(one.before, one.named),
            called(one.after, one.named),
            one.district,
            one.street,
            kindName(one.kind),
            one.id,
          ],
          to: opened(one.kind, one.id),
        }))}
      />
      <Table
        name={t('desk.streets_table')}
        file={`streets_${from}_${to}`}
        head={[t('desk.facet.street'), t('desk.facet.district'), t('desk.came'), t('desk.went'), t('desk.changed')]}
        rows={found.streets
          .filter(({ came, went, changed }) => came + went + changed > 0)
          .map((one) => ({ key: one.id, cells: [one.name ?? one.id, one.district, one.came, one.went, one.changed] }))}
      />
    </>
  );
}

export function Shape({ direction }: { direction: Direction }) {
  return (
    <svg class={`shape ${direction}`} viewBox="-1.2 -1.2 2.4 2.4" width="12" height="12" aria-hidden="true">
      <path d={SHAPES[direction]} />
    </svg>
  );
}
