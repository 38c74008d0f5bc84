/** The picture of a view: sigma holds the camera and draws points; outlines, shares and names are painted below and above them. */
import Graph from 'graphology';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Drawing } from '../graph/drawing';
import { useTheme } from '../state/theme';
import { t } from '../texts';
import { calm, fitting, follows, move, share, sight } from './camera';
import { between, boundsOf, boxOf, encloses, outline, rays, ringsOf, stands, type Bounds, type Frame, type Mark, type Point } from './frame';
import { paintGroups } from './groups';
import { lookOf } from './looks';
import { looksOf, paintOver, paintUnder, type Box, type Painted, type Tie } from './paint';
import { Shapes, shapeOf } from './program';
import type { Colouring, Layout, Size } from './question';
import { lineOf } from './saying';
import { lifted, next, radii, scene, type Between, type Level, type Scene } from './scene';
import { paintTies, TieLines } from './ties';
import { TileLayer } from './tileLayer';
import type { Ground } from './useGround';

export interface Hand {
  zoom: (by: 'in' | 'out' | 'fit') => void;
  centre: (at: Point) => void;
}
interface Props {
  label: string;
  view: Schemas['CityView'];
  on: Frame;
  layout: Layout;
  colour: Colouring;
  chosen: string | null;
  /** By what organizations and units are large. */
  size: Size;
  /** Whether organizations and units are wanted, however many. */
  rows: boolean;
  /** Kinds of ties that are drawn. */
  ties: ReadonlySet<string>;
  changed: ReadonlySet<string>;
  /** What the view as a whole covers of the square. */
  whole: Bounds;
  /** Whether the camera stays where it is when this view comes. */
  stay: boolean;
  choose: (id: string | null) => void;
  open: (mark: Mark, stay: boolean) => void;
  up: (stay: boolean) => void;
  /** Somebody moved the camera: to see a part, or all of it. */
  drift: (seen: Bounds, part: boolean) => void;
  drawn: (scene: Scene) => void;
  seen: (bounds: Bounds) => void;
  hand: { current: Hand | null };
  /** Tiles to lie under the map; null: none. */
  tiles: Ground['tiles'];
  /** Tiles came, or did not. */
  tiled: (came: number, lost: number) => void;
}

interface Moving {
  began: number;
  took: number;
}
interface Held {
  scene: Scene;
  from: Map<string, Point>;
  to: Map<string, Point>;
  radius: (mark: Mark) => number;
  outlines: { mark: Mark; from: readonly Point[]; to: readonly Point[]; rings: readonly (readonly Point[])[] }[];
  /** The layout that the picture comes from while it moves. */
  was: Layout;
  ties: Between[];
  /** Where areas stand that are drawn as outlines: ties of what has no place of its own end there. */
  middles: Map<string, Point>;
  layout: Layout;
  moving: Moving | null;
}

const CHANGE = 700;

function progress(moving: Moving | null): number {
  return moving ? Math.min((performance.now() - moving.began) / moving.took, 1) : 1;
}

export function CityPicture(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const sigma = useRef<Drawing | null>(null);
  const held = useRef<Held | null>(null);
  const now = useRef(props);
  const hovered = useRef<string | null>(null);
  const [tip, setTip] = useState<{ mark: Mark; x: number; y: number } | null>(null);
  const [failed, setFailed] = useState(false);
  const dark = useTheme() === 'dark';
  const shade = useRef(dark);
  now.current = props;
  shade.current = dark;

  /** Ties where they are; the same list as before where nothing moves, so that the card keeps it. */
  const drawnTies = useRef<{ have: Held; kinds: ReadonlySet<string>; ties: Tie[] } | null>(null);
  const tied = (have: Held, kinds: ReadonlySet<string>, at: (id: string) => Point | null): Tie[] => {
    const before = drawnTies.current;
    if (before?.have === have && before.kinds === kinds && !have.moving) return before.ties;
    const ties = have.ties.flatMap(({ from, to, kind, number }) => {
      const [a, b] = [at(from), at(to)];
      return a && b && kinds.has(kind) ? [{ from: a, to: b, kind, number }] : [];
    });
    drawnTies.current = have.moving ? null : { have, kinds, ties };
    return ties;
  };

  const painted = (): Painted | null => {
    const [made, have] = [sigma.current, held.current];
    if (!made || !have) return null;
    const css = getComputedStyle(document.documentElement);
    const ink = (name: string) => css.getPropertyValue(name).trim();
    const { width, height } = made.getDimensions();
    const t_ = progress(have.moving);
    const at = (id: string): Point | null => {
      const to = have.to.get(id) ?? have.middles.get(id);
      return to ? between(have.from.get(id) ?? to, to, t_) : null;
    };
    const put = ([x, y]: Point): Point => {
      const found = made.graphToViewport({ x, y });
      return [found.x, found.y];
    };
    const { view, colour, chosen, ties, changed } = now.current;
    return {
      placed: have.scene.marks.flatMap((mark) => {
        const found = at(mark.id);
        return found ? [{ mark, at: found, radius: have.radius(mark) }] : [];
      }),
      outlined: have.outlines.map(({ mark, from, to, rings }) => ({
        mark,
        rings: t_ >= 1 || !from.length ? rings : [to.map((point, k) => between(from[k] ?? point, point, t_))],
      })),
      ties: tied(have, ties, at),
      level: have.scene.level,
      colour,
      looks: looksOf(view.legend, shade.current),
      chosen,
      hovered: hovered.current,
      changed,
      ink: { ground: ink('--ground'), ink: ink('--ink'), quiet: ink('--quiet'), mark: ink('--mark'), dark: shade.current },
      put,
      tiled: now.current.tiles !== null && now.current.layout === 'geographic',
      width,
      height,
    };
  };

  /** What stands over the picture: its buttons, the small map. */
  const covered = (): Box[] => {
    const frame = place.current?.getBoundingClientRect();
    if (!frame) return [];
    return [...(place.current?.parentElement?.querySelectorAll('.zoom, .minimap') ?? [])].map((one): Box => {
      const { left, top, right, bottom } = one.getBoundingClientRect();
      return [left - frame.left, top - frame.top, right - frame.left, bottom - frame.top];
    });
  };

  const layer = useRef<{ address: string; of: TileLayer } | null>(null);
  /** Tiles fade as the picture leaves the map, and come as it returns to it. */
  const paintTiles = (made: Drawing, context: CanvasRenderingContext2D, { put, width, height }: Painted) => {
    context.clearRect(0, 0, width, height);
    const says = (drawn: number, strength: number) => {
      if (place.current) Object.assign(place.current.dataset, { tiles: drawn, strength: strength.toFixed(2) });
    };
    says(0, 0);
    const [{ tiles, on }, have] = [now.current, held.current];
    if (!tiles || !have || !on.known) return;
    const on_map = (one: Layout) => (one === 'geographic' ? 1 : 0);
    const gone = progress(have.moving);
    const strength = on_map(have.was) * (1 - gone) + on_map(have.layout) * gone;
    if (strength <= 0) return;
    if (layer.current?.address !== tiles.address) {
      const told = (came: number, lost: number) => {
        now.current.tiled(came, lost);
        sigma.current?.scheduleRender();
      };
      layer.current = { address: tiles.address, of: new TileLayer(tiles.address, told) };
    }
    context.globalAlpha = strength;
    const moves = have.moving !== null || made.getCamera().isAnimated();
    says(layer.current.of.paint(context, on, boxOf(on, 'geographic', sight(made)), put, [width, height], tiles.shift ?? null, moves), strength);
    context.globalAlpha = 1;
  };

  /** Puts the scene of the view at this zoom into sigma; from another layout it moves there. Where only the camera moved, another level alone is news. */
  const stage = (moves: boolean, news = true) => {
    const made = sigma.current;
    if (!made) return;
    const { view, on, layout, rows, size, drawn } = now.current;
    const { width, height } = made.getDimensions();
    const seen = sight(made);
    const sees = ([x, y]: Point) => x >= seen[0] && x <= seen[2] && y >= seen[1] && y <= seen[3];
    // on the way to another layout the camera is on its way too: all counts as in sight
    const found = scene(view, on, layout, moves ? () => true : sees, width * height, rows);
    const before = held.current;
    if (!news && before?.scene.level === found.level) return;
    const was = before?.layout ?? layout;
    const to = new Map<string, Point>();
    const from = new Map<string, Point>();
    for (const mark of found.marks) {
      const point = stands(on, layout, mark);
      if (point) to.set(mark.id, point);
      const old = moves ? stands(on, was, mark) : null;
      if (old) from.set(mark.id, old);
    }
    const middles = new Map<string, Point>();
    for (const mark of found.outlines) {
      const point = stands(on, layout, mark);
      if (point && !to.has(mark.id)) middles.set(mark.id, point);
    }
    const outlines = found.outlines.flatMap((mark) => {
      const points = outline(on, layout, mark);
      if (!points) return [];
      const old = moves ? outline(on, was, mark) : null;
      const middle = (all: readonly Point[]): Point => [all.reduce((a, [x]) => a + x, 0) / all.length, all.reduce((a, [, y]) => a + y, 0) / all.length];
      return [{ mark, from: old ? rays(old, middle(old)) : [], to: old ? rays(points, middle(points)) : points, rings: ringsOf(on, layout, mark) ?? [points] }];
    });
    held.current = {
      scene: found, from, to, outlines, layout, was,
      ties: lifted(view, new Set([...to.keys(), ...middles.keys()])),
      middles,
      radius: radii(found.marks, width * height, size),
      moving: moves && !calm() ? { began: performance.now(), took: CHANGE } : null,
    };
    const graph = new Graph({ type: 'directed', multi: true });
    const areas = found.level !== 'organization';
    for (const mark of found.marks) {
      const at = from.get(mark.id) ?? to.get(mark.id) ?? [0, 0];
      const looks = lookOf(mark, view.legend, shade.current);
      graph.addNode(mark.id, {
        x: at[0], y: at[1],
        size: held.current.radius(mark),
        type: 'shape',
        color: areas ? 'rgba(0,0,0,0)' : (looks?.colour ?? (shade.current ? '#8a8f96' : '#7b8087')),
        shape: areas ? 0 : shapeOf(mark.kind === 'unit', looks?.pattern ?? 'full'),
        label: null,
      });
    }
    made.setGraph(graph);
    made.refresh();
    drawn(found);
    if (held.current.moving) run();
  };

  const run = () => {
    const frame = () => {
      const [made, have] = [sigma.current, held.current];
      if (!made || !have?.moving) return;
      const t_ = progress(have.moving);
      made.getGraph().updateEachNodeAttributes((id, attributes) => {
        const to = have.to.get(id) ?? [0, 0];
        const [x, y] = between(have.from.get(id) ?? to, to, t_);
        return { ...attributes, x, y };
      });
      if (t_ < 1) requestAnimationFrame(frame);
      else {
        have.moving = null;
        stage(false);
      }
    };
    requestAnimationFrame(frame);
  };

  const fit = (animated = true) => {
    const made = sigma.current;
    if (made) move(made, fitting(made, now.current.whole), animated ? 500 : 0);
  };

  useEffect(() => {
    if (!place.current) return;
    let made: Drawing;
    try {
      made = new Drawing(new Graph({ type: 'directed', multi: true }), place.current, {
        renderLabels: false,
        zoomToSizeRatioFunction: () => 1,
        nodeProgramClasses: { shape: Shapes },
        nodeHoverProgramClasses: { shape: Shapes },
        defaultDrawNodeHover: () => undefined,
        minCameraRatio: 2e-4,
        maxCameraRatio: 2.5,
        stagePadding: 0,
        doubleClickZoomingRatio: 1,
        allowInvalidContainer: true,
        zoomDuration: calm() ? 1 : 180,
        inertiaDuration: calm() ? 1 : 150,
      });
    } catch {
      setFailed(true); // no WebGL here; the twin has it all
      return;
    }
    made.setCustomBBox({ x: [0, 1], y: [0, 1] });
    // sigma's types know no place for a further layer, its code does
    made.createCanvasContext('tiles', { beforeLayer: 'edges' } as object);
    made.createCanvasContext('under', { beforeLayer: 'edges' } as object);
    made.createCanvasContext('over', { afterLayer: 'nodes' } as object);
    made.resize(true);
    const layers = made.getCanvases();
    const [below, under, over] = [layers['tiles']?.getContext('2d'), layers['under']?.getContext('2d'), layers['over']?.getContext('2d')];
    // sigma's own edges are none here: the card draws ties on their canvas
    const card = layers['edges']?.getContext('webgl2') ?? null;
    let lines: TieLines | null = null;
    try {
      lines = card && new TieLines(card);
    } catch {
      lines = null; // the canvas below has them
    }
    made.on('afterRender', () => {
      const what = painted();
      if (!what || !under || !over) return;
      if (place.current) place.current.dataset['state'] = held.current?.moving || made.getCamera().isAnimated() ? 'moving' : 'still';
      if (below) paintTiles(made, below, what);
      paintUnder(under, what);
      const size = [what.width, what.height] as const;
      if (lines) lines.draw(what.ties, what.put, size, window.devicePixelRatio || 1, what.ink);
      else paintTies(under, what.ties, what.put, size, what.ink);
      paintGroups(under, what);
      paintOver(over, what, held.current ? held.current.moving !== null : false, covered);
    });
    made.on('clickNode', ({ node }) => {
      const { chosen, view, choose, open } = now.current;
      const mark = view.marks.find(({ id }) => id === node);
      if (mark && chosen === node) open(mark, false);
      else choose(node);
    });
    made.on('doubleClickNode', ({ node, event }) => {
      event.preventSigmaDefault();
      const mark = now.current.view.marks.find(({ id }) => id === node);
      if (mark) now.current.open(mark, false);
    });
    made.on('doubleClickStage', ({ event }) => {
      event.preventSigmaDefault();
      const { x, y } = made.viewportToGraph(event);
      const at = held.current?.outlines.filter(({ rings }) => encloses(rings, [x, y])).at(-1);
      if (at) now.current.open(at.mark, false);
    });
    made.on('clickStage', ({ event }) => {
      const { x, y } = made.viewportToGraph(event);
      const { chosen, choose, open } = now.current;
      const at = held.current?.outlines.filter(({ rings }) => encloses(rings, [x, y])).at(-1);
      if (at?.mark.id !== undefined && at.mark.id === chosen) open(at.mark, false);
      else choose(at?.mark.id ?? null);
    });
    const point = (id: string | null) => {
      hovered.current = id;
      place.current?.classList.toggle('over', id !== null);
      const mark = id === null ? undefined : now.current.view.marks.find((one) => one.id === id);
      const at = id === null ? undefined : held.current?.to.get(id);
      const on = at && made.graphToViewport({ x: at[0], y: at[1] });
      setTip(mark && on ? { mark, x: on.x, y: on.y } : null);
      made.scheduleRender();
    };
    made.on('enterNode', ({ node }) => point(node));
    made.on('leaveNode', () => point(null));

    let byHand = false;
    let settled = 0;
    let staged = 0;
    const hands = () => (byHand = true);
    for (const sign of ['wheel', 'pointerdown', 'touchstart', 'keydown']) place.current.addEventListener(sign, hands, { capture: true, passive: true });
    made.getCamera().on('updated', () => {
      setTip(null);
      clearTimeout(settled);
      clearTimeout(staged);
      now.current.seen(sight(made));
      staged = window.setTimeout(() => {
        if (!held.current?.moving) stage(false, false);
      }, 90);
      if (byHand) settled = window.setTimeout(rest, 320);
    });
    const rest = () => {
      if (made.getCamera().isAnimated()) settled = window.setTimeout(rest, 120);
      else {
        byHand = false;
        settle(made);
      }
    };
    const settle = (of: Drawing) => {
      const seen = sight(of);
      const middle: Point = [(seen[0] + seen[2]) / 2, (seen[1] + seen[3]) / 2];
      const { whole, up, open, drift } = now.current;
      // what fills the picture is gone into, what has become small is left
      const into = held.current?.outlines.filter(({ to, rings }) => {
        const bounds = boundsOf(to);
        return bounds && encloses(rings, middle) && share(bounds, seen) > 0.8;
      }).at(-1);
      if (into) {
        open(into.mark, true);
        return;
      }
      if (share(whole, seen) < 0.05 && whole[2] - whole[0] < 0.3 * (seen[2] - seen[0]) && whole[3] - whole[1] < 0.3 * (seen[3] - seen[1])) up(true);
      else drift(seen, share(seen, whole) < 0.6);
    };
    const sized = new ResizeObserver(() => made.scheduleRefresh());
    sized.observe(place.current);
    sigma.current = made;
    now.current.hand.current = {
      zoom: (by) => {
        byHand = true;
        const camera = made.getCamera();
        if (by === 'fit') {
          fit();
          now.current.drift(now.current.whole, false);
        } else move(made, { ratio: camera.getState().ratio * (by === 'in' ? 0.6 : 1 / 0.6) }, 200);
      },
      centre: ([x, y]) => {
        byHand = true;
        move(made, { x, y });
      },
    };
    return () => {
      clearTimeout(settled);
      clearTimeout(staged);
      sized.disconnect();
      sigma.current = null;
      held.current = null;
      made.kill();
    };
  }, []);

  const shown = useRef<{ view: unknown; layout: Layout; on: Frame; whole: Bounds } | null>(null);
  useEffect(() => {
    const made = sigma.current;
    if (!made) return;
    const before = shown.current;
    const turned = before !== null && before.layout !== props.layout;
    const came = before?.view !== props.view;
    shown.current = { view: props.view, layout: props.layout, on: props.on, whole: props.whole };
    if (came || turned) {
      if (before === null) made.getCamera().setState(fitting(made, props.whole));
      else if (turned || !props.stay) move(made, fitting(made, props.whole), turned ? CHANGE : 500);
      else {
        // of another date the city may lie otherwise in the square: the camera goes with it
        const camera = made.getCamera();
        const there = follows(camera.getState(), sight(made), fitting(made, before.whole), (at) => props.on.put(props.layout, ...before.on.take(props.layout, ...at)));
        if (there === 'whole') camera.setState(fitting(made, props.whole));
        else if (there) camera.setState(there);
      }
    }
    stage(turned);
  }, [props.view, props.layout, props.size, props.on, dark]);
  useEffect(() => {
    const made = sigma.current;
    const at = props.chosen === null ? undefined : held.current?.to.get(props.chosen);
    if (made && at) {
      const seen = sight(made);
      if (at[0] < seen[0] || at[0] > seen[2] || at[1] < seen[1] || at[1] > seen[3]) move(made, { x: at[0], y: at[1] });
    }
    made?.scheduleRender();
  }, [props.chosen, props.ties, props.changed, props.tiles]);

  const press = (event: KeyboardEvent) => {
    const [made, have] = [sigma.current, held.current];
    if (!made || !have || event.ctrlKey || event.metaKey || event.altKey) return;
    const camera = made.getCamera();
    const { x, y, ratio } = camera.getState();
    const { chosen, choose, open, up, view, hand } = props;
    if (event.key === '+' || event.key === '=') hand.current?.zoom('in');
    else if (event.key === '-') hand.current?.zoom('out');
    else if (event.key === '0') hand.current?.zoom('fit');
    else if (event.key.startsWith('Arrow') && event.shiftKey) {
      const by = 0.12 * ratio;
      const [dx, dy] = event.key === 'ArrowLeft' ? [-by, 0] : event.key === 'ArrowRight' ? [by, 0] : event.key === 'ArrowUp' ? [0, by] : [0, -by];
      camera.setState({ x: x + dx, y: y + dy });
    } else if (event.key.startsWith('Arrow')) {
      const marks = [...have.to].map(([id, at]) => ({ id, at }));
      const at = chosen === null ? undefined : have.to.get(chosen);
      const found = at ? next(at, event.key, marks) : (have.scene.marks[0]?.id ?? null);
      if (found !== null) choose(found);
    } else if (event.key === 'Enter' && chosen !== null) {
      const mark = view.marks.find(({ id }) => id === chosen);
      if (mark) open(mark, false);
    } else if (event.key === 'Backspace' || event.key === 'Escape') {
      if (event.key === 'Escape' && chosen !== null) choose(null);
      else up(false);
    } else return;
    event.preventDefault();
  };
  const level: Level | undefined = held.current?.scene.level;
  return (
    <>
      {failed && <p class="warning">{t('picture.no_webgl')}</p>}
      <div
        ref={place}
        class="net"
        role="application"
        aria-label={props.label}
        aria-describedby="map-keys"
        tabIndex={0}
        onKeyDown={press}
        data-marks={props.view.marks.length}
        data-level={level}
        data-layout={props.layout}
      />
      {tip && (
        <div class="tip" aria-hidden="true" style={{ left: `${Math.round(tip.x)}px`, top: `${Math.round(tip.y)}px` }}>
          <strong>{tip.mark.name ?? tip.mark.code ?? t('map.nowhere')}</strong>
          <TipOf mark={tip.mark} view={props.view} />
        </div>
      )}
    </>
  );
}

function TipOf({ mark, view }: { mark: Mark; view: Schemas['CityView'] }) {
  const lines = lineOf(mark, view);
  return <>{lines.map((line) => <span key={line}>{line}</span>)}</>;
}
