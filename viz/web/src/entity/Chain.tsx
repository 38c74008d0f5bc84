/** The chain of an entity as a hierarchy, and its twin. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { entity, type Schemas } from '../api/client';
import { hierarchy, type Box } from '../graph/levels';
import { Failure } from '../shell/Failure';
import { format, go, opened, type View } from '../state/address';
import { useAsked } from '../state/asked';
import { edges as strokes, edgeName, kindName, kinds, number, t } from '../texts';
import { useTheme } from '../state/theme';
import { Table } from '../table/Table';

const WIDE = 200;
const HIGH = 92;
const BOX = { width: 176, height: 46 };

function cut(text: string, most: number): string {
  let left = most;
  let out = '';
  for (const one of text) {
    left -= one.charCodeAt(0) > 0xff ? 2 : 1;
    if (left < 0) return `${out}…`;
    out += one;
  }
  return out;
}

export function Chain({ view, name }: { view: Extract<View, { name: 'entity' }>; name: string }) {
  const asked = useAsked<Schemas['Chain']>(`/chain/${entity(view.kind, view.id)}`, { down: view.down || undefined });
  const dark = useTheme() === 'dark';
  const answer = asked.is === 'answered' ? asked.answer : null;
  const drawn = useMemo(() => answer && hierarchy(answer, view.down), [answer, view.down]);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (frame.current) frame.current.scrollLeft = (frame.current.scrollWidth - frame.current.clientWidth) / 2;
  }, [drawn]);
  const choice = (
    <div class="bar" role="group" aria-label={t('entity.tab.chain')}>
      {[false, true].map((down) => (
        <button key={String(down)} type="button" aria-pressed={view.down === down} onClick={() => go({ ...view, down }, 'instead')}>
          {t(down ? 'chain.down' : 'chain.up')}
        </button>
      ))}
    </div>
  );
  if (asked.is === 'failed') return <Failure problem={asked.problem} />;
  if (!answer || !drawn) return <p class="quiet">{t('wait')}</p>;

  const width = Math.max(1, drawn.width) * WIDE;
  const height = drawn.left.length * HIGH + 8;
  const count = new Map<number, number>();
  for (const { level } of drawn.boxes) count.set(level, (count.get(level) ?? 0) + 1);
  const x = (box: Box) => width / 2 + (box.at - ((count.get(box.level) ?? 1) - 1) / 2) * WIDE;
  const y = (box: Box) => box.level * HIGH + 8 + BOX.height / 2;
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
      <div ref={frame} class="scroll drawn" tabIndex={0} role="region" aria-label={t('entity.tab.chain')}>
        <svg width={width} height={height} role="group" aria-label={t('chain.label', { name, n: answer.nodes.length, levels: drawn.left.length })}>
          {drawn.lines.map((line) => {
            const stroke = strokes[line.kind];
            const up = y(line.from) <= y(line.to) ? 1 : -1;
            const [x1, y1, x2, y2] = [x(line.from), y(line.from) + (up * BOX.height) / 2, x(line.to), y(line.to) - (up * BOX.height) / 2];
            return (
              <path
                key={`${line.from.station.id}>${line.kind}>${line.to.station.id}`}
                class="line"
                d={`M${x1} ${y1}C${x1} ${y1 + up * 24} ${x2} ${y2 - up * 24} ${x2} ${y2}`}
                stroke={stroke ? (dark ? stroke.dark : stroke.colour) : 'currentColor'}
                stroke-width={stroke?.width}
                stroke-dasharray={stroke?.dashes.join(' ')}
              >
                <title>{edgeName(line.kind)}</title>
              </path>
            );
          })}
          {drawn.boxes.map((box) => {
            const { station } = box;
            const look = kinds[station.kind];
            const here = station.id === answer.id && station.depth === 0;
            return (
              <a
                key={`${station.kind}:${station.id}`}
                href={format(opened(station.kind, station.id))}
                aria-label={`${station.name ?? station.id}, ${station.type ?? kindName(station.kind)}, ${station.id}`}
                aria-current={here ? 'true' : undefined}
              >
                <title>{station.name ?? station.id}</title>
                <rect class={here ? 'box here' : 'box'} x={x(box) - BOX.width / 2} y={y(box) - BOX.height / 2} width={BOX.width} height={BOX.height} rx="6" />
                {look && (
                  <path
                    d={look.path}
                    fill={dark ? look.dark : look.colour}
                    fill-rule="evenodd"
                    transform={`translate(${x(box) - BOX.width / 2 + 14} ${y(box)}) scale(7)`}
                  />
                )}
                <text x={x(box) - BOX.width / 2 + 28} y={y(box) - 4}>
                  {cut(station.name ?? station.id, 20)}
                </text>
                <text class="small" x={x(box) - BOX.width / 2 + 28} y={y(box) + 13}>
                  {cut(`${station.type ?? kindName(station.kind)} ${station.id}`, 21)}
                </text>
              </a>
            );
          })}
        </svg>
      </div>
      {drawn.left.map((left, level) => left > 0 && <p key={level} class="quiet">{t('column.depth')} {level + 1}: {t('chain.left', { n: number(left) })}</p>)}
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
