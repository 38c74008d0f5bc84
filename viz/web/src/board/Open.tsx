/** Who has no unit, on the map and in the list, each with what it qualifies for and why. */
import { useMemo } from 'preact/hooks';
import { format, opened, type Held } from '../state/address';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';
import { ACTIONS, actionOf, change, elsewhere, type Entry, type Listed } from './held';
import { Map, Shape, type Mark } from './Map';
import type { Listing } from './listing';
import { Areas, isLong, More } from './More';
import { measured, stateName } from './wording';

export function Open({ listing, listed, held }: { listing: Listing; listed: Listed; held: Held }) {
  const some = ACTIONS.find((one) => one === held['action']);
  const shown = useMemo(() => listed.entries.filter((entry) => !some || actionOf(entry) === some), [listed, some]);
  const many = isLong(listed);
  const marks = useMemo<Mark[]>(() => (many ? areas(listed) : shown.map(marked)), [listed, many, shown]);
  const chosen = held['of'];
  const one = listed.entries.find(({ code }) => code === chosen);
  const choose = (code: string) => (many ? change(elsewhere(code)) : change({ of: code }, 'instead'));
  return (
    <>
      <div class="bar chips" role="group" aria-label={t('board.filter')}>
        {ACTIONS.map((action) => (
          <button key={action} type="button" aria-pressed={some === action} onClick={() => change({ action: some === action ? undefined : action }, 'instead')}>
            <Shape look={action} /> {t(`board.action.${action}`)} <strong>{number(listed.totals.actions[action] ?? 0)}</strong>
          </button>
        ))}
      </div>
      {many && <p class="warning">{t('board.many', { n: number(listed.totals.organizations) })}</p>}
      <div class="split">
        <Map name={t(many ? 'board.map.areas' : 'board.map.open')} marks={marks} chosen={new Set(chosen ? [chosen] : [])} choose={choose} />
        <aside class="about" aria-live="polite">
          {one ? <About entry={one} /> : <p class="quiet">{t(many ? 'board.choose_area' : 'board.choose_one')}</p>}
          {!many && <p class="quiet legend-line">{t('board.legend.done')}</p>}
        </aside>
      </div>
      {many && <Areas listed={listed} held={held} />}
      {many && <More listing={listing} />}
      <Table
        name={t('board.list')}
        file="board"
        head={['name', 'action', 'members', 'clauses', 'why', 'ledger_unit', 'state', 'measures'].map((key) => t(`board.column.${key}` as 'board.column.name'))}
        rows={shown.map((entry) => ({
          key: entry.code,
          cells: [
            entry.name ?? entry.code, t(`board.action.${actionOf(entry)}`), entry.formal_members, entry.clauses.join('、'), entry.why[language.value],
            entry.ledger_unit_name, stateName(entry.state), measured(entry),
          ],
          to: opened('organization', entry.code),
        }))}
      />
    </>
  );
}

export function marked(entry: Entry): Mark {
  const done = entry.state === 'struck_off' || entry.state === 'rechecked';
  return { code: entry.code, name: `${entry.name ?? entry.code} · ${t(`board.action.${actionOf(entry)}`)}`, look: actionOf(entry), done, lon: entry.lon, lat: entry.lat };
}

function areas(listed: Listed): Mark[] {
  const most = Math.max(1, ...listed.areas.map(({ organizations }) => organizations));
  return listed.areas.map((area) => ({
    code: area.ledger_unit,
    name: `${area.name} · ${number(area.organizations)}`,
    label: area.name,
    look: 'area',
    done: false,
    lon: area.lon,
    lat: area.lat,
    size: 1 + 2.4 * Math.sqrt(area.organizations / most),
  }));
}

export function About({ entry }: { entry: Entry }) {
  return (
    <section aria-label={entry.name ?? entry.code}>
      <h2>
        <Shape look={actionOf(entry)} /> <a href={format(opened('organization', entry.code))}>{entry.name ?? entry.code}</a>
      </h2>
      <p class="quiet">
        {entry.code} · {entry.ledger_unit_name}
      </p>
      <p>{entry.why[language.value]}</p>
      <dl class="values">
        <div>
          <dt>{t('board.column.clauses')}</dt>
          <dd>{entry.clauses.join('、')}</dd>
        </div>
        {entry.unmet.length > 0 && (
          <div>
            <dt>{t('board.unmet')}</dt>
            <dd class="warning">{entry.unmet.join('、')}</dd>
          </div>
        )}
        <div>
          <dt>{t('board.column.state')}</dt>
          <dd>{stateName(entry.state)}</dd>
        </div>
        <div>
          <dt>{t('board.column.measures')}</dt>
          <dd>{measured(entry) || t('board.no_measures')}</dd>
        </div>
      </dl>
    </section>
  );
}

