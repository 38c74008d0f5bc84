/** The chain of an entity as a hierarchy, and its twin. */
import { useMemo, useState } from 'preact/hooks';
import { entity, type Schemas } from '../api/client';
import { hierarchy } from '../graph/levels';
import { Failure } from '../shell/Failure';
import { go, opened, type View } from '../state/address';
import { useAsked } from '../state/asked';
import { kindName, t } from '../texts';
import { Table } from '../table/Table';
import { Hierarchy } from './Hierarchy';

export function Chain({ view, name }: { view: Extract<View, { name: 'entity' }>; name: string }) {
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Schemas['Chain']>(`/chain/${entity(view.kind, view.id)}`, { down: view.down || undefined }, turn);
  const answer = asked.is === 'answered' ? asked.answer : null;
  const drawn = useMemo(() => answer && hierarchy(answer, view.down), [answer, view.down]);
  const choice = (
    <div class="bar" role="group" aria-label={t('entity.tab.chain')}>
      {[false, true].map((down) => (
        <button key={String(down)} type="button" aria-pressed={view.down === down} onClick={() => go({ ...view, down }, 'instead')}>
          {t(down ? 'chain.down' : 'chain.up')}
        </button>
      ))}
    </div>
  );
  if (asked.is === 'failed') return <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />;
  if (!answer || !drawn) return <p class="quiet">{t('wait')}</p>;

  const byId = new Map(answer.nodes.map((node) => [node.id, node]));
  const called = (id: string) => byId.get(id)?.name ?? id;
  return (
    <>
      {choice}
      {answer.nodes.length < 2 && <p>{t('chain.none')}</p>}
      {answer.cycles.map((cycle) => (
        <p key={cycle.join()} class="warning">
          {t('chain.cycle', { names: cycle.map(called).join(' → ') })}
        </p>
      ))}
      <Hierarchy
        drawn={drawn}
        here={({ station }) => station.id === answer.id && station.depth === 0}
        region={t('entity.tab.chain')}
        label={t('chain.label', { name, n: answer.nodes.length, levels: drawn.left.length })}
      />
      {answer.ends.length > 0 && answer.nodes.length > 1 && <p class="quiet">{t('chain.ends', { names: answer.ends.slice(0, 8).map(called).join('、') })}{answer.ends.length > 8 && ' …'}</p>}
      <Table
        name={t('entity.tab.chain')}
        file={`chain_${view.id}`}
        head={[t('column.name'), t('column.type'), t('column.kind'), t('column.code'), t('column.depth')]}
        rows={answer.nodes.map((node) => ({
          key: `${node.kind}:${node.id}`,
          cells: [node.name ?? node.id, node.type, kindName(node.kind), node.id, node.depth],
          to: node.kind === 'missing' ? undefined : { ...opened(node.kind, node.id), tab: 'chain' as const },
        }))}
      />
    </>
  );
}
