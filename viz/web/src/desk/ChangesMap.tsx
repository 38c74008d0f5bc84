/** A small map of streets: what came, what went and what changed, by shape and size; a mark narrows the table to its street. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { number, t } from '../texts';
import { Shape } from './Changes';
import { DIRECTIONS, plot, SHAPES, size, type Placed, type Street } from './changing';

/** Pixels that a scrollbar takes at most. */
const SCROLLBAR = 24;

interface Props {
  streets: readonly Street[];
  chosen: string;
  choose: (id: string) => void;
}

export function ChangesMap({ streets, chosen, choose }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(760);
  useEffect(() => {
    const box = frame.current;
    if (!box) return;
    const watch = new ResizeObserver(() => {
      const room = Math.max(320, Math.min(1100, Math.floor(box.clientWidth)));
      // a scrollbar that comes and goes with the height is no other width
      setWidth((now) => (Math.abs(room - now) > SCROLLBAR || room < now ? room : now));
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  const drawn = useMemo(() => plot(streets, width), [streets, width]);
  const most = Math.max(1, ...streets.map((one) => Math.max(one.came, one.went, one.changed)));
  return (
    <figure class="changes-map" ref={frame}>
      {drawn.placed.length > 0 && (
        <svg width={drawn.width} height={drawn.height} viewBox={`0 0 ${drawn.width} ${drawn.height}`} role="group" aria-label={t('desk.map_label', { n: number(drawn.placed.length) })}>
          {drawn.placed.map((one) => (
            <Spot key={one.street.id} spot={one} most={most} on={one.street.id === chosen} choose={choose} />
          ))}
        </svg>
      )}
      <figcaption class="quiet">
        {DIRECTIONS.map((one) => (
          <span key={one}>
            <Shape direction={one} /> {t(`desk.${one}`)}
          </span>
        ))}
        <span>{t('desk.map_says')}</span>
        {drawn.nowhere > 0 && <span>{t('desk.map_without', { n: number(drawn.nowhere) })}</span>}
      </figcaption>
    </figure>
  );
}

function Spot({ spot, most, on, choose }: { spot: Placed; most: number; on: boolean; choose: (id: string) => void }) {
  const { street, x, y, r } = spot;
  const name = street.name ?? street.id;
  const sizes = DIRECTIONS.map((one) => ({ one, s: size(street[one], most) }));
  const all = sizes.reduce((sum, { s }) => sum + 2 * s, 0);
  let at = -all / 2;
  const says = t('desk.spot', { name, came: number(street.came), went: number(street.went), changed: number(street.changed) });
  const act = () => choose(street.id);
  return (
    <g
      class={on ? 'spot on' : 'spot'}
      transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
      role="button"
      tabindex={0}
      aria-pressed={on}
      aria-label={says}
      onClick={act}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        act();
      }}
    >
      <title>{says}</title>
      <rect x={-r} y={-16} width={2 * r} height={40} rx="6" />
      {all === 0 && <circle r="2" class="still" />}
      {sizes.map(({ one, s }) => {
        const middle = at + s;
        at += 2 * s;
        return s > 0 && <path key={one} class={one} d={SHAPES[one]} transform={`translate(${middle.toFixed(1)} 0) scale(${(s * 0.92).toFixed(2)})`} />;
      })}
      <text y="22" text-anchor="middle">
        {name.length > 7 ? `${name.slice(0, 6)}…` : name}
      </text>
    </g>
  );
}
