/** A drawing on the screen: pointing, dragging, lasso, and the keys that move about in it. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { panned, projected, zoomed, type Camera } from '../geometry/camera';
import { box, within, type Point } from '../geometry/plane';
import { t } from '../texts';
import { useTheme } from '../state/theme';
import { next, type Way } from './aim';
import { DARK, LIGHT } from './look';
import { measure, minimap, paint } from './paint';
import { fitting, hit, sheet, type Sheet, type Shown } from './sheet';

export type Tool = 'box' | 'lasso' | 'point';
interface Props {
  shown: Shown;
  /** Of the element, where a page looks for it. */
  id?: string;
  label: string;
  /** Its keys, for who hears the page. */
  hint: string;
  tool: Tool;
  /** A new number shows all of it. */
  fit: number;
  choose: (keys: readonly string[], how: 'instead' | 'more' | 'toggle') => void;
  /** Moves the cursor, and says what it is at; {@link rest}: and says nothing. */
  point: (key: string | null) => void;
  rest: (key: string | null) => void;
  open: (key: string) => void;
  expand: (key: string) => void;
  /** Things were put elsewhere; where nobody keeps places, dragging moves the whole. */
  pin?: (at: readonly (readonly [string, Point])[]) => void;
}
const WAYS: Record<string, Way> = { ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up' };
/** Pixels of a unit, at least and at most. */
const SCALES = [0.05, 60] as const;
/** Pixels that a hand trembles. */
const STILL = 4;

type Drag =
  | { does: 'area'; line: Point[]; square: boolean; more: boolean }
  | { does: 'pan'; from: Point; camera: Camera; key: string | null; more: boolean }
  | { does: 'move'; from: Point; keys: string[]; key: string; more: boolean };

export function Canvas({ shown, id, label, hint, tool, fit, choose, point, rest, open, expand, pin }: Props) {
  const dark = useTheme() === 'dark';
  const frame = useRef<HTMLDivElement>(null);
  const place = useRef<HTMLCanvasElement>(null);
  const camera = useRef<Camera>({ x: 0, y: 0, scale: 4 });
  const own = useRef(false); // somebody moved the camera: it is left where it is
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [turn, setTurn] = useState(0);
  const [moved, setMoved] = useState<ReadonlyMap<string, Point> | null>(null);
  const [area, setArea] = useState<readonly Point[] | null>(null);
  const [over, setOver] = useState<string | null>(null);
  const drag = useRef<Drag | null>(null);
  const drawn = useRef<Sheet | null>(null);
  const again = () => setTurn((n) => n + 1);
  const at = moved ? new Map([...shown.at, ...moved]) : shown.at;

  useEffect(() => {
    if (!frame.current) return;
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: Math.round(entry.contentRect.width), height: Math.round(entry.contentRect.height) });
    });
    watch.observe(frame.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    own.current = false;
    again();
  }, [fit]);

  useLayoutEffect(() => {
    const canvas = place.current;
    const context = canvas?.getContext('2d');
    if (!canvas || !context || !size.width) return;
    const fine = Math.min(3, devicePixelRatio || 1);
    canvas.width = size.width * fine;
    canvas.height = size.height * fine;
    context.setTransform(fine, 0, 0, fine, 0, 0);
    if (!own.current && !drag.current) camera.current = fitting(at.values(), size);
    const look = dark ? DARK : LIGHT;
    const made = sheet({ ...shown, at, cursor: shown.cursor ?? over }, camera.current, size, (text, strong) => measure(context, text, strong));
    drawn.current = made;
    paint(context, made, look);
    if (own.current && at.size > 1 && size.width > 500) minimap(context, at.values(), camera.current, size, look);
    if (area && area.length > 1) {
      context.beginPath();
      for (const { x, y } of area) context.lineTo(x, y);
      context.closePath();
      context.fillStyle = dark ? 'rgba(86,180,233,.15)' : 'rgba(0,103,163,.12)';
      context.fill();
      context.setLineDash([5, 4]);
      context.strokeStyle = look.mark;
      context.lineWidth = 1.5;
      context.stroke();
    }
  }, [shown, size, dark, turn, moved, area, over]);

  const zoom = (by: number, about: Point = { x: size.width / 2, y: size.height / 2 }) => {
    camera.current = zoomed(camera.current, by, about, size, SCALES);
    own.current = true;
    again();
  };
  const fitAll = () => {
    own.current = false;
    again();
  };
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      zoom(Math.exp(-Math.max(-200, Math.min(200, event.deltaY)) * 0.0022), { x: event.clientX - left, y: event.clientY - top });
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  });

  const where = (event: PointerEvent | MouseEvent): Point => {
    const { left = 0, top = 0 } = frame.current?.getBoundingClientRect() ?? {};
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || !drawn.current) return;
    frame.current?.setPointerCapture(event.pointerId);
    const from = where(event);
    const mark = hit(drawn.current.marks, from);
    const more = event.ctrlKey || event.metaKey || event.shiftKey;
    if (mark && tool === 'point' && pin) {
      const keys = shown.chosen.has(mark.key) ? [...shown.chosen] : [mark.key];
      drag.current = { does: 'move', from, keys, key: mark.key, more };
    } else if (tool !== 'point' || event.shiftKey) drag.current = { does: 'area', line: [from], square: tool !== 'lasso', more };
    else drag.current = { does: 'pan', from, camera: camera.current, key: mark?.key ?? null, more };
  };
  const move = (event: PointerEvent) => {
    const now = where(event);
    const doing = drag.current;
    if (!doing) {
      setOver(drawn.current ? (hit(drawn.current.marks, now)?.key ?? null) : null);
      return;
    }
    if (doing.does === 'area') {
      doing.line = doing.square ? [doing.line[0] ?? now, now] : [...doing.line, now];
      setArea(doing.square ? box(doing.line[0] ?? now, now) : doing.line);
      return;
    }
    const by = { x: (now.x - doing.from.x) / camera.current.scale, y: (now.y - doing.from.y) / camera.current.scale };
    if (Math.hypot(now.x - doing.from.x, now.y - doing.from.y) < STILL && !moved && doing.does === 'move') return;
    if (doing.does === 'pan') {
      if (Math.hypot(now.x - doing.from.x, now.y - doing.from.y) < STILL && camera.current === doing.camera) return;
      camera.current = panned({ ...camera.current, x: doing.camera.x, y: doing.camera.y }, now.x - doing.from.x, now.y - doing.from.y);
      own.current = true;
      again();
    } else {
      setMoved(new Map(doing.keys.flatMap((key) => {
        const point = shown.at.get(key);
        return point ? [[key, { x: point.x + by.x, y: point.y + by.y }] as const] : [];
      })));
    }
  };
  const up = (event: PointerEvent) => {
    const doing = drag.current;
    drag.current = null;
    if (!doing) return;
    const now = where(event);
    if (doing.does === 'area') {
      const line = doing.square ? box(doing.line[0] ?? now, now) : doing.line;
      const found = (drawn.current?.marks ?? []).filter((mark) => within(mark, line)).map(({ key }) => key);
      setArea(null);
      choose(found, doing.more ? 'more' : 'instead');
    } else if (doing.does === 'move') {
      if (moved) {
        own.current = true;
        pin?.([...moved]);
        setMoved(null);
      } else {
        rest(doing.key); // arrows go on from what was pointed at
        choose([doing.key], doing.more ? 'toggle' : 'instead');
      }
    } else if (Math.hypot(now.x - doing.from.x, now.y - doing.from.y) < STILL) {
      rest(doing.key);
      choose(doing.key === null ? [] : [doing.key], doing.key !== null && doing.more ? 'toggle' : 'instead');
    }
  };
  const twice = (event: MouseEvent) => {
    const mark = drawn.current && hit(drawn.current.marks, where(event));
    if (mark) expand(mark.key);
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS[event.key];
    if (way && event.shiftKey) {
      camera.current = panned(camera.current, way === 'left' ? 60 : way === 'right' ? -60 : 0, way === 'up' ? 60 : way === 'down' ? -60 : 0);
      own.current = true;
      again();
    } else if (way) {
      const there = new Map(shown.things.flatMap(({ key }) => {
        const spot = at.get(key);
        return spot ? [[key, spot] as const] : [];
      }));
      const found = next(there, shown.cursor, way) ?? shown.cursor;
      point(found);
      const point_ = found === null ? undefined : at.get(found);
      const seen = point_ && projected(point_, camera.current, size);
      if (point_ && seen && (seen.x < 20 || seen.y < 20 || seen.x > size.width - 20 || seen.y > size.height - 20)) {
        camera.current = { ...camera.current, x: point_.x, y: point_.y };
        own.current = true;
        again();
      }
    } else if (event.key === ' ' && shown.cursor) choose([shown.cursor], 'toggle');
    else if (event.key === 'Enter' && shown.cursor) open(shown.cursor);
    else if (event.key === '+' || event.key === '=') zoom(1.3);
    else if (event.key === '-') zoom(1 / 1.3);
    else if (event.key === '0') fitAll();
    else return;
    event.preventDefault();
  };
  return (
    <div class="canvas">
      <div
        ref={frame}
        id={id}
        class={`surface ${tool === 'point' ? (over ? 'over' : '') : 'area'}`}
        role="application"
        aria-label={label}
        aria-describedby="board-keys"
        tabIndex={0}
        data-nodes={shown.things.length}
        data-edges={shown.links.length}
        onKeyDown={press}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => {
          drag.current = null;
          setMoved(null);
          setArea(null);
        }}
        onPointerLeave={() => setOver(null)}
        onDblClick={twice}
      >
        <canvas ref={place} aria-hidden="true" style={{ width: `${size.width}px`, height: `${size.height}px` }} />
      </div>
      <span id="board-keys" class="unseen">
        {hint}
      </span>
      <div class="zoom">
        <button type="button" aria-label={t('picture.zoom_in')} onClick={() => zoom(1.3)}>
          +
        </button>
        <button type="button" aria-label={t('picture.zoom_out')} onClick={() => zoom(1 / 1.3)}>
          −
        </button>
        <button type="button" onClick={fitAll}>
          {t('picture.fit')}
        </button>
      </div>
    </div>
  );
}
