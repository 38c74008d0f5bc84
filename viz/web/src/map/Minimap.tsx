/** The whole city, small, and the part of it that the picture shows; a click goes there. It folds away, for what lies under it. */
import { useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { read, write } from '../state/kept';
import { t } from '../texts';
import { outline, type Bounds, type Frame, type Point } from './frame';
import type { Layout } from './question';

const SIDE = 120;

interface Props {
  view: Schemas['CityView'];
  on: Frame;
  layout: Layout;
  seen: Bounds | null;
  centre: (at: Point) => void;
}

export function Minimap({ view, on, layout, seen, centre }: Props) {
  const [open, setOpen] = useState(() => read('minimap') !== 'folded');
  const fold = () => {
    write('minimap', open ? 'folded' : 'open');
    setOpen(!open);
  };
  const does = t(open ? 'map.minimap.fold' : 'map.minimap.open');
  const button = (
    <button type="button" aria-expanded={open} aria-label={does} title={does} onClick={fold}>
      {open ? '–' : '⌖'}
    </button>
  );
  if (!open) return <div class="minimap">{button}</div>;
  const put = ([x, y]: Point): Point => [x * SIDE, (1 - y) * SIDE];
  const outlines = view.marks.flatMap((mark) => {
    const points = mark.level === 'district' ? outline(on, layout, mark) : null;
    return points ? [{ id: mark.id, text: points.map((point) => put(point).map((n) => n.toFixed(1)).join(',')).join(' ') }] : [];
  });
  const press = (event: MouseEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const across = (at: number, from: number, wide: number) => (((at - from) / wide) * (SIDE + 8) - 4) / SIDE;
    centre([across(event.clientX, box.left, box.width), 1 - across(event.clientY, box.top, box.height)]);
  };
  let frame = null;
  if (seen) {
    const [left, bottom, right, top] = seen.map((n) => Math.min(Math.max(n, 0), 1)) as [number, number, number, number];
    frame = <rect class="here" x={left * SIDE} y={(1 - top) * SIDE} width={Math.max((right - left) * SIDE, 3)} height={Math.max((top - bottom) * SIDE, 3)} />;
  }
  return (
    <div class="minimap">
      <svg viewBox={`-4 -4 ${SIDE + 8} ${SIDE + 8}`} role="img" aria-label={t('map.minimap')} onClick={press}>
        <rect class="ground" x="-4" y="-4" width={SIDE + 8} height={SIDE + 8} />
        {outlines.map(({ id, text }) => (
          <polygon key={id} points={text} />
        ))}
        {frame}
      </svg>
      {button}
    </div>
  );
}
