/** How the city is: what it holds and what was loaded; where there is nothing yet, how to begin. */
import { useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Calendar } from '../campaign/Calendar';
import { Failure } from '../shell/Failure';
import { Icon } from '../shell/Icon';
import { look, type Me } from '../state/account';
import { format, page } from '../state/address';
import { useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { edgeName, kindName, kinds, number, t } from '../texts';
import { filesOf } from './done';
import { empty } from './empty';
import { Invented } from './Invented';
import { Load } from './Load';
import './start.css';

export function City({ me }: { me: Me }) {
  const [turn, setTurn] = useState(0);
  // of a store that is not there yet nothing is asked
  const asked = useAsked<Schemas['Holdings']>(me.store ? '/status' : null, {}, turn);
  const again = () => {
    setTurn(turn + 1);
    if (!me.store) void look();
  };
  if (!me.store) return <Load me={me} done={again} />;
  if (asked.is === 'asking') return <p class="quiet">{t('wait')}</p>;
  if (asked.is === 'failed' && asked.problem.code !== 'store_missing') return <Failure problem={asked.problem} again={again} />;
  if (asked.is === 'failed' || empty(asked.answer)) return <Load me={me} done={again} />;

  const held = asked.answer;
  const things = Object.entries(held.kinds).filter(([kind, n]) => n > 0 && kind in kinds);
  return (
    <div class="city">
      <h1>{t('city.title')}</h1>
      {held.invented && <Invented me={me} batches={held.batches} gone={again} />}
      {held.latest && <p class="quiet">{t('city.latest', { date: held.latest })}</p>}
      <p>
        <a href={format(page('map'))}>{t('map.link')}</a>
      </p>
      <ul class="figures" aria-label={t('city.kinds')}>
        {things.map(([kind, n]) => (
          <li key={kind}>
            <Icon kind={kind} />
            <strong>{number(n)}</strong>
            <span>{kindName(kind)}</span>
          </li>
        ))}
      </ul>
      <Calendar me={me} />
      <Table
        name={t('city.edges')}
        file="relations"
        head={[t('column.relation'), t('column.count')]}
        rows={Object.entries(held.edges).map(([kind, n]) => ({ key: kind, cells: [edgeName(kind), n] }))}
      />
      <Table
        name={t('city.batches')}
        file="imports"
        head={[t('city.batch'), t('city.date'), t('city.files'), t('city.loaded'), t('city.quarantined'), t('city.state')]}
        rows={held.batches.map((batch) => ({
          key: String(batch.id),
          cells: [batch.id, batch.date, filesOf(batch.files), batch.loaded, batch.quarantined, batch.undone ? t('city.undone') : null],
        }))}
      />
    </div>
  );
}
