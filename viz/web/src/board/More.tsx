/** What of a long board there is so far, and the way to more: its next entries, or one of its ledger units. */
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import { page, type Held } from '../state/address';
import { Table } from '../table/Table';
import { number, t } from '../texts';
import { MOST, type Listed } from './held';
import { many, type Listing } from './listing';

/** Whether a board is more than a map can show one by one. */
export function isLong(listed: Listed): boolean {
  return listed.totals.organizations > MOST;
}

export function More({ listing, state }: { listing: Listing; state?: string | undefined }) {
  const { listed, busy, problem, further } = listing;
  if (!listed) return null;
  const shown = listed.entries.length;
  const of = many(listed, state);
  return (
    <div class="bar more">
      <span class="quiet">{t('board.loaded', { shown: number(shown), n: number(of) })}</span>
      {listed.next && (
        <Act off={busy} act={further}>
          {t(busy ? 'wait' : 'board.load', { n: number(Math.min(MOST, of - shown)) })}
        </Act>
      )}
      {problem && <Failure problem={problem} again={further} />}
    </div>
  );
}

/** A board by its ledger units: each leads to its own. */
export function Areas({ listed, held }: { listed: Listed; held: Held }) {
  return (
    <Table
      name={t('board.areas')}
      file="board_areas"
      head={[t('board.column.ledger_unit'), t('board.column.without'), t('board.action.joint'), t('board.column.to_form'), t('board.state.struck_off')]}
      rows={listed.areas.map((area) => ({
        key: area.ledger_unit,
        cells: [area.name, area.organizations, area.small, area.to_form, area.struck_off],
        to: page('board', { ...(held['tab'] ? { tab: held['tab'] } : {}), in: area.ledger_unit }),
      }))}
    />
  );
}
