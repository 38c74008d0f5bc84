/** The campaign's calendar: what is late and due, jurisdiction by jurisdiction; as a file for calendar programs too. */
import { useState } from 'preact/hooks';
import type { Problem, Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import type { Me } from '../state/account';
import { problemOf, useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';
import './campaign.css';
import { lines, progress, type Line } from './entries';
import { save } from './saving';

type Found = Schemas['Calendar'];
const MARKS: Record<string, string> = { late: '‼', due: '●', upcoming: '○', done: '✓', done_late: '✓', untold: '–' };
const HEAD = ['deadline', 'entry', 'whose', 'state', 'done', 'came', 'missing', 'goal'] as const;

export function Calendar({ me }: { me: Me }) {
  const [open, setOpen] = useState(false);
  const [date, setDate] = useState('');
  const [all, setAll] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const asOf = date || undefined;
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Found>(open ? '/calendar' : null, { as_of: asOf }, turn);
  if (me.role === 'viewer') return null;

  const take = (name: string, path: string, format: string) => {
    setProblem(null);
    save(name, path, { format, as_of: asOf }).catch((error: unknown) => setProblem(problemOf(error)));
  };
  return (
    // asked for once it is opened: it looks through the whole city
    <details class="campaign" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('campaign.open')}</summary>
      {asked.is === 'answered' && <Summary found={asked.answer} />}
      <div class="choices">
        <label>
          {t('campaign.as_of')} <input type="date" value={date} onChange={(event) => setDate(event.currentTarget.value)} />
        </label>
        <label>
          {t('campaign.show')}{' '}
          <select value={all ? 'all' : 'pressing'} onChange={(event) => setAll(event.currentTarget.value === 'all')}>
            <option value="pressing">{t('campaign.pressing')}</option>
            <option value="all">{t('campaign.all')}</option>
          </select>
        </label>
        <button type="button" onClick={() => take(`${t('campaign.calendar')}.ics`, '/calendar', 'ics')}>
          {t('campaign.ics')}
        </button>
        <button type="button" onClick={() => take(`${t('campaign.calendar')}.xlsx`, '/calendar', 'xlsx')}>
          {t('campaign.xlsx')}
        </button>
        <button type="button" onClick={() => take(t('campaign.ledger').replace(/ *[（(].*$/, '.xlsx'), '/ledger', 'xlsx')}>
          {t('campaign.ledger')}
        </button>
      </div>
      {problem && <Failure problem={problem} />}
      {asked.is === 'asking' && <p class="quiet">{t('wait')}</p>}
      {asked.is === 'failed' && <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />}
      {asked.is === 'answered' && <Lines found={lines(asked.answer.entries, !all)} />}
    </details>
  );
}

function Summary({ found }: { found: Found }) {
  const n = (state: string) => number(found.totals[state] ?? 0);
  return (
    <p role="status">{t('campaign.summary', { date: found.as_of, late: n('late'), due: n('due'), upcoming: n('upcoming') })}</p>
  );
}

function Lines({ found }: { found: readonly Line[] }) {
  return (
    <Table
      name={t('campaign.calendar')}
      file="calendar"
      head={HEAD.map((name) => t(`campaign.column.${name}`))}
      rows={found.map((line) => ({
        key: line.key,
        cells: [
          line.entry.deadlines[0]?.date ?? null,
          named(line),
          line.standing?.name ?? null,
          `${MARKS[line.state] ?? ''} ${worded(line)}`,
          progress(line.standing),
          line.standing?.on ?? null,
          line.standing?.missing.join('、') ?? null,
          line.entry.deadlines[1]?.date ?? null,
        ],
      }))}
    />
  );
}

function named({ entry }: Line): string {
  const said = { entry: entry.summary[language.value], clauses: entry.clauses.join(' ') };
  const why = entry.deadlines[0]?.chosen?.[language.value];
  return why ? t('campaign.entry.chosen', { ...said, why }) : t('campaign.entry', said);
}

function worded({ state, standing }: Line): string {
  if (state === 'late' && standing?.days_late) return t('campaign.state.late_by', { days: number(standing.days_late) });
  return t(`campaign.state.${state as 'late'}`);
}
