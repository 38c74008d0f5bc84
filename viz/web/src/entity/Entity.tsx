/** An entity's page: its panel beside its chain, its neighbours, or the table of both. */
import { useEffect, useState } from 'preact/hooks';
import { entity, type Schemas } from '../api/client';
import { Neighbours } from '../graph/Neighbours';
import { Failure } from '../shell/Failure';
import { Tabs } from '../shell/Tabs';
import { go, opened, type EntityView, type Tab } from '../state/address';
import { announce } from '../state/announce';
import { useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { edgeName, kindName, language, number, t, viaName } from '../texts';
import { Chain } from './Chain';
import { Covers } from './Covers';
import { History } from './History';
import { Panel } from './Panel';
import { placed, worded } from './value';

/** Relations that are fetched at most; the page says how many there are. */
const RELATIONS = 2_000;
const TABS: readonly Tab[] = ['chain', 'neighbours', 'table', 'history'];

export function Entity({ view }: { view: EntityView }) {
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Schemas['Dossier']>(`/show/${entity(view.kind, view.id)}`, { relations: RELATIONS }, turn);
  const found = asked.is === 'answered' ? asked.answer : null;
  const name = found?.name ?? view.id;
  useEffect(() => {
    if (!found) return;
    document.title = `${name} · 联建 Lianjian`;
    announce(name);
    return () => {
      document.title = '联建 Lianjian';
    };
  }, [found, name]);
  if (asked.is === 'failed') return <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />;
  if (!found) return <p class="quiet">{t('wait')}</p>;

  return (
    <div class="entity">
      <Panel found={found} />
      <div class="views">
        <Tabs label={t('entity.tabs', { name })} tabs={TABS} now={view.tab} title={(tab) => t(`entity.tab.${tab}`)} choose={(tab) => go({ ...view, tab })}>
          {view.tab === 'chain' && <Chain view={view} name={name} />}
          {view.tab === 'neighbours' && <Neighbours view={view} name={name} />}
          {view.tab === 'table' && <Everything found={found} />}
          {view.tab === 'history' && <History found={found} />}
        </Tabs>
      </div>
    </div>
  );
}

function Everything({ found }: { found: Schemas['Dossier'] }) {
  const all = found.relations_found ?? found.relations.length;
  return (
    <>
      <Covers found={found} />
      {all > found.relations.length && <p class="warning">{t('entity.relations_cut', { shown: number(found.relations.length), n: number(all) })}</p>}
      <Table
        name={t('entity.values')}
        file={`values_${found.id}`}
        head={[t('entity.what'), t('entity.value'), t('entity.source'), t('city.date')]}
        rows={found.values.map((value) => ({
          key: value.property,
          cells: [value.label[language.value], typeof value.value === 'number' ? value.value : worded(value.value, { kind: found.kind, property: value.property }), placed(value.source), value.since],
        }))}
      />
      <Table
        name={t('entity.relations')}
        file={`relations_${found.id}`}
        head={[t('column.name'), t('column.relation'), t('column.kind'), t('column.code'), t('column.via')]}
        rows={found.relations.map((relation, k) => ({
          key: String(k),
          cells: [relation.name, edgeName(relation.kind, relation.direction === 'out' ? 'out' : 'in'), kindName(relation.other), relation.id, relation.via === null ? null : viaName(relation.via, [found.kind, relation.other])],
          to: relation.other === 'missing' ? undefined : opened(relation.other, relation.id),
        }))}
      />
    </>
  );
}
