/** A hierarchy as a drawing: levels aligned, each box a link; boxes at fault bear a mark, not a colour alone. */
import { useEffect, useRef } from 'preact/hooks';
import type { Box, Hierarchy as Drawn } from '../graph/levels';
import { format, opened } from '../state/address';
import { useTheme } from '../state/theme';
import './hierarchy.css';
import { strokes } from './strokes';
import { edges as looks, edgeName, kindName, kinds, number, t } from '../texts';

const WIDE = 200;
const HIGH = 92;
const BOX = { width: 176, height: 46 };

export interface Marks {
  /** Boxes that something is said of. */
  boxes: ReadonlySet<string>;
  /** Lines that something is said of, as `from>kind>to`. */
  lines: ReadonlySet<string>;
  /** What a mark says, for those who can't see it. */
  says: string;
}

export function cut(text: string, most: number): string {
  let left = most;
  let out = '';
  for (const one of text) {
    left -= one.charCodeAt(0) > 0xff ? 2 : 1;
    if (left < 0) return `${out}…`;
    out += one;
  }
  return out;
}

interface Props {
  drawn: Drawn;
  /** The one that was asked about. */
  here: (box: Box) => boolean;
  label: string;
  region: string;
  marks?: Marks;
}

export function Hierarchy({ drawn, here, label, region, marks }: Props) {
  const dark = useTheme() === 'dark';
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
    const asked = drawn.boxes.find(here);
    if (asked) box.scrollTop = Math.max(0, asked.level * HIGH - box.clientHeight / 2);
  }, [drawn]);
  const width = Math.max(1, drawn.width) * WIDE + (drawn.lines.some((line) => Math.abs(line.from.level - line.to.level) > 1) ? WIDE : 0);
  const height = drawn.left.length * HIGH + 8;
  const count = new Map<number, number>();
  for (const { level } of drawn.boxes) count.set(level, (count.get(level) ?? 0) + 1);
  const x = (box: Box) => width / 2 + (box.at - ((count.get(box.level) ?? 1) - 1) / 2) * WIDE;
  const y = (box: Box) => box.level * HIGH + 8 + BOX.height / 2;
  return (
    <div ref={frame} class="scroll drawn" tabIndex={0} role="region" aria-label={region}>
      <svg width={width} height={height} role="group" aria-label={label}>
        {strokes(drawn.lines, x, y, BOX).map(({ line, d, tip }) => {
          const look = looks[line.kind];
          const key = `${line.from.station.id}>${line.kind}>${line.to.station.id}`;
          const colour = look ? (dark ? look.dark : look.colour) : 'currentColor';
          const fault = marks?.lines.has(key) ? ' fault' : '';
          return (
            <g key={key}>
              <path class={`line${fault}`} d={d} stroke={colour} stroke-width={look?.width} stroke-dasharray={look?.dashes.join(' ')}>
                <title>
                  {line.from.station.name ?? line.from.station.id} {edgeName(line.kind)} {line.to.station.name ?? line.to.station.id}
                </title>
              </path>
              <path class={`tip${fault}`} d={tip} fill={colour} />
            </g>
          );
        })}
        {drawn.boxes.map((box) => {
          const { station } = box;
          const look = kinds[station.kind];
          const marked = marks?.boxes.has(station.id) ?? false;
          const [left, top] = [x(box) - BOX.width / 2, y(box) - BOX.height / 2];
          const called = `${station.name ?? station.id}, ${station.type ?? kindName(station.kind)}, ${station.id}${marked && marks ? `, ${marks.says}` : ''}`;
          const inside = (
            <>
              <title>{station.name ?? station.id}</title>
              <rect class={here(box) ? 'box here' : marked ? 'box fault' : 'box'} x={left} y={top} width={BOX.width} height={BOX.height} rx="6" />
              {look && <path d={look.path} fill={dark ? look.dark : look.colour} fill-rule="evenodd" transform={`translate(${left + 14} ${y(box)}) scale(7)`} />}
              <text x={left + 28} y={y(box) - 4}>
                {cut(station.name ?? station.id, 20)}
              </text>
              <text class="small" x={left + 28} y={y(box) + 13}>
                {cut(`${station.type ?? kindName(station.kind)} ${station.id}`, 21)}
              </text>
              {marked && (
                <g class="flag" transform={`translate(${left + BOX.width - 4} ${top + 4})`}>
                  <path d="M0 -10L9 6H-9Z" />
                  <text x="0" y="4.5" text-anchor="middle">
                    !
                  </text>
                </g>
              )}
            </>
          );
          const key = `${station.kind}:${station.id}`;
          // what no row defines leads nowhere
          if (station.kind === 'missing') {
            return (
              <g key={key} role="img" aria-label={called}>
                {inside}
              </g>
            );
          }
          return (
            <a key={key} href={format(opened(station.kind, station.id))} aria-label={called} aria-current={here(box) ? 'true' : undefined}>
              {inside}
            </a>
          );
        })}
      </svg>
      {drawn.left.map((left, level) => left > 0 && <p key={level} class="quiet">{t('column.depth')} {level + 1}: {t('chain.left', { n: number(left) })}</p>)}
    </div>
  );
}
