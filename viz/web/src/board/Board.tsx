/** The planner's board: a jurisdiction, who in it has no unit, what is proposed for them, and how far each is. */
import './board.css';
import { useEffect } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import type { PageProps } from '../shell/pages';
import { Tabs } from '../shell/Tabs';
import { announce } from '../state/announce';
import { isComing, useAsked } from '../state/asked';
import { mayAudit } from '../state/account';
import { number, t } from '../texts';
import { Print } from '../wall/Print';
import { CrossOff } from './CrossOff';
import { change, elsewhere, tabOf, TABS, type Listed } from './held';
import { Inspect } from './Inspect';
import { useListing } from './listing';
import { LookBack } from './LookBack';
import { Open } from './Open';
import { Planning } from './Planning';

export function Board({ me, view }: PageProps) {
  const { held } = view;
  const within = held['in'] ?? me.jurisdiction ?? undefined;
  const listing = useListing(within);
  const { asked, listed: found } = listing;
  const tab = tabOf(held);
  const may = me.role === 'planner' || me.role === 'administrator';
  const tabs = TABS.filter((one) => may || one !== 'plan');
  useEffect(() => {
    // not where it was asked for anew: what was recorded then is the news
    if (found) announce(t('board.found', { n: number(found.totals.organizations) }));
  }, [within, found === null]);
  return (
    <div class="board">
      <div class="bar head">
        <h1>{t('board.title')}</h1>
        <Where own={me.jurisdiction} within={within} listed={found} />
        {found && <span class="quiet">{t('board.as_of', { date: found.as_of })}</span>}
        {found && <Print within={within} name={placeName(found, within)} />}
      </div>
      <Tabs label={t('board.title')} tabs={tabs} now={tab} busy={isComing(asked)} title={(one) => t(`board.tab.${one}`)} choose={(one) => change({ tab: one })}>
        {asked.is === 'failed' && <Failure problem={asked.problem} again={listing.again} />}
        {asked.is === 'asking' && <p class="quiet">{t('wait')}</p>}
        {found && tab === 'open' && <Open listing={listing} listed={found} held={held} />}
        {found && tab === 'plan' && may && <Planning listed={found} held={held} within={within} />}
        {found && tab === 'cross' && <CrossOff listing={listing} whole={found} within={within} held={held} may={may} />}
        {found && tab === 'inspect' && <Inspect within={within} listed={found} sample={held['sample']} may={mayAudit(me)} />}
        {tab === 'look' && <LookBack within={within} />}
      </Tabs>
    </div>
  );
}

/** What a jurisdiction is called, as far as its board tells. */
function placeName(listed: Listed, within: string | undefined): string {
  if (within === undefined) return t('board.city');
  const known = listed.areas.find(({ ledger_unit }) => ledger_unit === within || ledger_unit.endsWith(`:${within}`));
  return known?.name ?? within;
}

/** Chooses a jurisdiction: divisions and ledger units that one sees in full. */
function Where({ own, within, listed }: { own: string | null; within: string | undefined; listed: Listed | null }) {
  const asked = useAsked<Schemas['Overview']>('/overview');
  const areas = asked.is === 'answered' ? asked.answer.areas.filter(({ exact, kind }) => exact && kind !== 'city') : [];
  const known = within === undefined || areas.some(({ id }) => id === within);
  const below = (above: string | null) => areas.filter((area) => (area.above ?? '') === (above ?? '') || (above === null && !areas.some(({ id }) => id === area.above)));
  const tops = below(null);
  return (
    <label class="where">
      {t('board.where')}{' '}
      <select
        value={within ?? ''}
        onChange={(event) => change(elsewhere(event.currentTarget.value || undefined))}
      >
        <option value={own ?? ''}>{t(own ? 'board.own' : 'board.city')}</option>
        {!known && <option value={within}>{listed?.areas.find(({ ledger_unit }) => ledger_unit === within)?.name ?? within}</option>}
        {tops.map((top) => (
          <optgroup key={top.id} label={top.name}>
            <option value={top.id}>{top.name}</option>
            {areas
              .filter(({ above, id }) => above === top.id && id !== top.id)
              .map((area) => (
                <option key={area.id} value={area.id}>
                  {`  ${area.name}`}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
