/** The look-back (回头看): what was struck off and no longer holds at a date, by who answers for it, row by row. */
import { useState } from 'preact/hooks';
import type { Problem, Schemas } from '../api/client';
import { save } from '../campaign/saving';
import { Failure } from '../shell/Failure';
import { opened } from '../state/address';
import { isComing, problemOf, shownOf, useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';
import { stateName } from './wording';

type Found = Schemas['Lookback'];

const REASONS = ['not_listed', 'missing_from_ledger', 'closed', 'unit_dissolved', 'without_unit', 'too_few_members', 'inspected_otherwise'] as const;

function reasonName(reason: string): string {
  const known = REASONS.find((one) => one === reason);
  return known ? t(`look.reason.${known}`) : reason;
}

export function LookBack({ within }: { within: string | undefined }) {
  const [date, setDate] = useState('');
  const [turn, setTurn] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  const asOf = date || undefined;
  const asked = useAsked<Found>('/board/lookback', { in: within, as_of: asOf }, turn);
  const found = shownOf(asked);
  return (
    <div class="looking" aria-busy={isComing(asked)}>
      <div class="bar">
        <label>
          {t('campaign.as_of')} <input type="date" value={date} onChange={(event) => setDate(event.currentTarget.value)} />
        </label>
        <button type="button" onClick={() => { setProblem(null); save(`${t('look.title')}.xlsx`, '/board/lookback', { in: within, as_of: asOf, format: 'xlsx' }).catch((error: unknown) => setProblem(problemOf(error))); }}>
          {t('inspect.xlsx')}
        </button>
      </div>
      {problem && <Failure problem={problem} />}
      {asked.is === 'asking' && <p class="quiet">{t('wait')}</p>}
      {asked.is === 'failed' && <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />}
      {found && <Told found={found} />}
    </div>
  );
}

function Told({ found }: { found: Found }) {
  const { totals } = found;
  return (
    <>
      <p role="status">
        {t('look.summary', { date: found.as_of, struck: number(totals.struck_off), rechecked: number(totals.rechecked), left: number(totals.to_recheck), lost: number(totals.no_longer) })}
        {found.due.length > 0 && ` ${t('look.due', { date: found.due.join(', ') })}`}
      </p>
      <Table
        name={t('look.rows')}
        file="lookback"
        head={(['name', 'reasons', 'whose', 'unit', 'state', 'since', 'units', 'row'] as const).map((column) => t(`look.column.${column}`))}
        rows={found.rows.map((row) => ({
          key: row.code,
          to: opened('organization', row.code),
          cells: [
            row.name ?? row.code,
            row.reasons.map(reasonName).join(language.value === 'zh' ? '、' : '; '),
            row.jurisdiction_name,
            row.ledger_unit_name,
            stateName(row.state),
            row.struck_off,
            row.units.join(', '),
            row.source ? t('look.source', { file: row.source.file, sheet: row.source.sheet, row: row.source.row }) : null,
          ],
        }))}
      />
      <Table
        name={t('look.areas')}
        file="lookback-areas"
        head={(['whose', 'struck', 'rechecked', 'left', 'lost'] as const).map((column) => t(`look.column.${column}`))}
        rows={found.areas.map((area) => ({
          key: area.id ?? '',
          cells: [area.name ?? t('look.nobody'), area.struck_off, area.rechecked, area.to_recheck, area.no_longer],
        }))}
      />
    </>
  );
}
