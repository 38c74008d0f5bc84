/** A sheet with marks: who has no unit, or the groups of a plan as hulls. The same things stand in the list beside it. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { panned, unprojected, zoomed, type Camera } from '../geometry/camera';
import { hull, middle, outline } from '../geometry/plane';
import { t } from '../texts';
import type { Box } from '../map/question';
import { useGround } from '../map/useGround';
import { fitted, laid, legible, type Placed, type Sheet } from './ground';

export interface Mark {
  code: string;
  name: string;
  look: string;
  /** Crossed off: drawn hollow. */
  done: boolean;
  lon: number | null;
  lat: number | null;
  /** Of a mark that stands for many. */
  size?: number;
  label?: string;
}
export interface Hull {
  key: string;
  label: string;
  title: string;
  members: readonly string[];
  state: 'plain' | 'changed' | 'broken';
}
interface Props {
  name: string;
  marks: readonly Mark[];
  hulls?: readonly Hull[];
  chosen: ReadonlySet<string>;
  opened?: string | undefined;
  choose: (code: string) => void;
  /** An organization was dragged onto another, or onto a hull. */
  drop?: ((code: string, on: { code?: string; hull?: string }) => void) | undefined;
}
const W = 800;
const H = 560;
const SHEET = { width: W, height: H };
const WHOLE: Camera = { scale: 1, x: W / 2, y: H / 2 };
/** No smaller than the whole. */
const SCALES = [1, 40] as const;
/** Of the sheet's units that an arrow goes. */
const STEP = 60;
/** Pixels of a sheet that is wide enough for letters of their usual size. */
const LEGIBLE = 640;
const SHAPES: Record<string, string> = {
  separate: 'M-5-5H5V5H-5Z',
  joint: 'M-5 0A5 5 0 1 1 5 0A5 5 0 1 1-5 0Z',
  work_coverage: 'M0-5.5L5.5 0L0 5.5L-5.5 0Z',
  covered: 'M0-5.5L5.5 4.5H-5.5Z',
  area: 'M-5 0A5 5 0 1 1 5 0A5 5 0 1 1-5 0Z',
};

/** The part of the map that a camera sees. */
function seenBy(on: Sheet, camera: Camera): Box {
  const [west, north] = on.take(unprojected({ x: 0, y: 0 }, camera, SHEET));
  const [east, south] = on.take(unprojected({ x: W, y: H }, camera, SHEET));
  const degrees = (n: number, most: number) => Number(Math.min(Math.max(n, -most), most).toFixed(5));
  return [degrees(west, 180), degrees(south, 90), degrees(east, 180), degrees(north, 90)];
}

export function Shape({ look }: { look: string }) {
  return (
    <svg class={`mark ${look}`} viewBox="-7 -7 14 14" width="15" height="15" aria-hidden="true" focusable="false">
      <path d={SHAPES[look] ?? SHAPES['joint']} />
    </svg>
  );
}

export function Map(props: Props) {
  const { name, marks, hulls = [], chosen, opened, choose, drop } = props;
  const svg = useRef<SVGSVGElement>(null);
  const [wide, setWide] = useState(W);
  useEffect(() => {
    if (!svg.current) return;
    const watching = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0;
      setWide(width > 0 ? width : W);
    });
    watching.observe(svg.current);
    return () => watching.disconnect();
  }, []);
  const [camera, setCamera] = useState(WHOLE);
  const [pulled, setPulled] = useState<{ code: string; x: number; y: number } | null>(null);
  const on = useMemo(() => fitted(marks, W, H), [marks]);
  const placed = useMemo(() => laid(marks, on), [marks, on]);
  const ground = useGround(useMemo(() => on && seenBy(on, camera), [on, camera]), H);
  const lines = useMemo(() => (on ? [...ground.boundaries].map(([code, { rings }]) => ({ code, d: rings.map((ring) => outline(ring.map(([lon, lat]) => on.put(lon, lat)), 2)).join('') })) : []), [on, ground.boundaries]);
  const at = useMemo(() => new globalThis.Map<string, Placed>(placed.map((one) => [one.code, one])), [placed]);
  const unplaced = marks.length - placed.length;
  const held = useRef<{ code: string | null; x: number; y: number; far: boolean } | null>(null);
  // others are shown: their whole sheet; while the same ones go from group to group, it is looked at as before
  const whom = useMemo(() => marks.map(({ code }) => code).sort().join('\n'), [marks]);
  useEffect(() => setCamera(WHOLE), [whom]);

  const zoom = (by: number, cx = W / 2, cy = H / 2) =>
    setCamera((now) => {
      const next = zoomed(now, by, { x: cx, y: cy }, SHEET, SCALES);
      return next.scale === 1 ? WHOLE : next;
    });
  const spot = (event: MouseEvent) => {
    const box = svg.current?.getBoundingClientRect();
    if (!box) return { x: 0, y: 0 };
    const scale = Math.max(W / box.width, H / box.height);
    return { x: W / 2 + (event.clientX - box.left - box.width / 2) * scale, y: H / 2 + (event.clientY - box.top - box.height / 2) * scale };
  };
  const keys = (event: KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      '+': () => zoom(1.4),
      '=': () => zoom(1.4),
      '-': () => zoom(1 / 1.4),
      '0': () => setCamera(WHOLE),
      ArrowLeft: () => setCamera((now) => panned(now, STEP, 0)),
      ArrowRight: () => setCamera((now) => panned(now, -STEP, 0)),
      ArrowUp: () => setCamera((now) => panned(now, 0, STEP)),
      ArrowDown: () => setCamera((now) => panned(now, 0, -STEP)),
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const code = event.target instanceof Element ? (event.target.closest('[data-code]')?.getAttribute('data-code') ?? null) : null;
    held.current = { code, x: event.clientX, y: event.clientY, far: false };
    svg.current?.setPointerCapture(event.pointerId);
  };
  const over = (event: PointerEvent) => {
    const from = held.current;
    if (!from) return;
    const dx = event.clientX - from.x;
    const dy = event.clientY - from.y;
    if (!from.far && Math.hypot(dx, dy) < 5) return;
    from.far = true;
    if (from.code !== null && drop) {
      setPulled({ code: from.code, ...spot(event) });
      return;
    }
    const box = svg.current?.getBoundingClientRect();
    const scale = box ? Math.max(W / box.width, H / box.height) : 1;
    setCamera((now) => panned(now, dx * scale, dy * scale));
    held.current = { ...from, x: event.clientX, y: event.clientY };
  };
  const up = (event: PointerEvent) => {
    const from = held.current;
    held.current = null;
    setPulled(null);
    if (!from) return;
    if (!from.far) {
      if (from.code !== null) choose(from.code);
      return;
    }
    if (from.code === null || !drop) return;
    const under = document.elementsFromPoint(event.clientX, event.clientY);
    const code = under.map((one) => one.closest('[data-code]')?.getAttribute('data-code')).find((one) => one && one !== from.code);
    const key = under.map((one) => one.closest('[data-hull]')?.getAttribute('data-hull')).find(Boolean);
    if (code) drop(from.code, { code });
    else if (key) drop(from.code, { hull: key });
  };
  const size = 1 / camera.scale ** 0.65;
  // on a narrow screen the sheet is small, but letters are to be read
  const letter = size * Math.max(1, LEGIBLE / wide);
  const start = pulled && at.get(pulled.code);
  const readable = useMemo(() => {
    const named = marks.flatMap((one) => {
      const here = at.get(one.code);
      return one.label && here ? [{ code: one.code, text: one.label, x: here.x, y: here.y - 5 * size * (one.size ?? 1), weight: one.size ?? 1 }] : [];
    });
    const numbered = hulls.flatMap(({ key, label, members, state }) => {
      const points = members.flatMap((code) => at.get(code) ?? []);
      return label && points.length ? [{ code: key, text: label, ...middle(points), weight: state === 'plain' ? points.length : 99 }] : [];
    });
    return legible([...named, ...numbered], 12 * letter);
  }, [marks, hulls, at, size, letter]);
  const mark = (one: Mark): JSX.Element | null => {
    const here = at.get(one.code);
    if (!here) return null;
    const big = size * (one.size ?? 1);
    return (
      <g key={one.code} data-code={one.code} class={`mark ${one.look}${one.done ? ' done' : ''}${chosen.has(one.code) ? ' chosen' : ''}`} transform={`translate(${here.x.toFixed(2)} ${here.y.toFixed(2)}) scale(${big.toFixed(3)})`}>
        <path d={SHAPES[one.look] ?? SHAPES['joint']} />
        {one.done && <path class="tick" d="M-2.5 0L-.7 2L2.8-2.2" />}
        <title>{one.name}</title>
      </g>
    );
  };
  return (
    <div class="sheet">
      <div class="ground" role="group" tabIndex={0} aria-label={t('board.map.label', { name, n: placed.length })} onKeyDown={keys}>
        <svg
          ref={svg}
          viewBox={`0 0 ${W} ${H}`}
          role="img"
          aria-label={name}
          data-marks={placed.length}
          data-hulls={hulls.length}
          onPointerDown={down}
          onPointerMove={over}
          onPointerUp={up}
          onPointerCancel={() => {
            held.current = null;
            setPulled(null);
          }}
          onWheel={(event) => {
            event.preventDefault();
            const { x, y } = spot(event);
            zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, x, y);
          }}
        >
          <g class="seen" transform={`translate(${(W / 2 - camera.x * camera.scale).toFixed(1)} ${(H / 2 - camera.y * camera.scale).toFixed(1)}) scale(${camera.scale.toFixed(3)})`}>
            {lines.map(({ code, d }) => (
              <path key={code} class={code.length > 6 ? 'boundary' : 'boundary district'} d={d} />
            ))}
            {hulls.map(({ key, title, members, state }, n) => {
              const points = members.flatMap((code) => at.get(code) ?? []);
              if (!points.length) return null;
              return (
                <g key={key} data-hull={key} class={`hull ${state} c${n % 6}${opened === key ? ' opened' : ''}`}>
                  <path d={outline(hull(points))} stroke-width={19 * size} />
                  <title>{title}</title>
                </g>
              );
            })}
            {marks.map(mark)}
            {hulls.map(({ key, label, members, state }) => {
              if (!readable.has(key)) return null;
              const { x, y } = middle(members.flatMap((code) => at.get(code) ?? []));
              return (
                <text key={key} x={x} y={y - 11 * size} font-size={13 * letter} stroke-width={3 * letter}>
                  {state === 'broken' ? `${label} !` : label}
                </text>
              );
            })}
            {marks.map((one) => {
              const here = readable.has(one.code) ? at.get(one.code) : undefined;
              return here ? (
                <text key={one.code} class="name" x={here.x} y={here.y - 5 * size * (one.size ?? 1) - 3 * size} font-size={11.5 * letter} stroke-width={3 * letter}>
                  {one.label}
                </text>
              ) : null;
            })}
            {pulled && start && <line class="pull" x1={start.x} y1={start.y} x2={unprojected(pulled, camera, SHEET).x} y2={unprojected(pulled, camera, SHEET).y} stroke-width={2 * size} />}
          </g>
        </svg>
      </div>
      <div class="zoom">
        <button type="button" aria-label={t('board.map.closer')} onClick={() => zoom(1.5)}>
          +
        </button>
        <button type="button" aria-label={t('board.map.further')} onClick={() => zoom(1 / 1.5)}>
          −
        </button>
        <button type="button" onClick={() => setCamera(WHOLE)}>
          {t('board.map.fit')}
        </button>
      </div>
      {lines.length > 0 && <p class="quiet">{t('board.map.boundaries')}</p>}
      {unplaced > 0 && <p class="quiet">{t('board.map.unplaced', { n: unplaced })}</p>}
    </div>
  );
}
