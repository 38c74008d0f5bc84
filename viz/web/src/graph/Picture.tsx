/** Sigma around one graph: nodes with their kind's colour and shape, names where there is room for them. */
import Graph from 'graphology';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Drawing } from './drawing';
import type { Settings } from 'sigma/settings';
import { edges as strokes, kinds, t } from '../texts';
import { useTheme } from '../state/theme';
import type { Link, Thing } from './neighbourhood';
import type { Point } from '../geometry/plane';

interface Props {
  label: string;
  focus: string;
  chosen: string | null;
  things: readonly Thing[];
  links: readonly Link[];
  at: ReadonlyMap<string, Point>;
  choose: (key: string | null) => void;
  open: (key: string) => void;
}
interface Mark {
  kind: string;
  fill: string;
  chosen: boolean;
}
type Drawn = Parameters<NonNullable<Settings['defaultDrawNodeLabel']>>[1] & Partial<Mark>;

const paths = new Map<string, Path2D>();
function shape(kind: string): Path2D | null {
  const look = kinds[kind];
  if (!look) return null;
  let found = paths.get(kind);
  if (!found) paths.set(kind, (found = new Path2D(look.path)));
  return found;
}

/** Boxes of the marks and names of this frame: no name is written over another, nor over a mark. */
class Room {
  private taken: [number, number, number, number][] = [];
  clear(): void {
    this.taken = [];
  }
  /** Keeps a box free whatever lies there. */
  hold(left: number, top: number, right: number, bottom: number): void {
    this.taken.push([left, top, right, bottom]);
  }
  take(left: number, top: number, right: number, bottom: number): boolean {
    if (this.taken.some(([l, tp, r, b]) => left < r && l < right && top < b && tp < bottom)) return false;
    this.hold(left, top, right, bottom);
    return true;
  }
}

export function Picture({ label, focus, chosen, things, links, at, choose, open }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const drawing = useRef<Drawing | null>(null);
  const dark = useTheme() === 'dark';
  const [failed, setFailed] = useState(false);
  const acts = useRef({ choose, open });
  acts.current = { choose, open };

  useEffect(() => {
    if (!place.current) return;
    const room = new Room();
    const css = getComputedStyle(document.documentElement);
    const colour = (name: string) => css.getPropertyValue(name).trim();
    const name = (context: CanvasRenderingContext2D, data: Drawn): void => {
      const mark = data.kind === undefined ? null : shape(data.kind);
      if (mark) {
        // sigma's disc is only what is clicked: nothing of it is seen
        context.save();
        context.translate(data.x, data.y);
        context.scale(data.size, data.size);
        context.fillStyle = data.fill ?? data.color;
        context.fill(mark, 'evenodd');
        context.restore();
      }
      if (data.chosen) {
        context.beginPath();
        context.arc(data.x, data.y, data.size + 4, 0, Math.PI * 2);
        context.lineWidth = 2.5;
        context.strokeStyle = colour('--mark');
        context.stroke();
      }
      if (!data.label) return;
      context.font = `${data.chosen ? '600 ' : ''}13px system-ui, "Noto Sans CJK SC", sans-serif`;
      const wide = context.measureText(data.label).width;
      const right = data.x + data.size + 6;
      const x = right + wide < (place.current?.clientWidth ?? Infinity) ? right : data.x - data.size - 6 - wide;
      if (!room.take(x, data.y - 9, x + wide, data.y + 9)) return;
      context.lineWidth = 3;
      context.strokeStyle = colour('--ground');
      context.strokeText(data.label, x, data.y + 4);
      context.fillStyle = colour('--ink');
      context.fillText(data.label, x, data.y + 4);
    };
    let made: Drawing;
    try {
      made = new Drawing(new Graph({ type: 'directed', multi: true }), place.current, {
        labelRenderedSizeThreshold: 0,
        labelDensity: 100,
        labelGridCellSize: 1_000,
        zIndex: true,
        minCameraRatio: 0.05,
        maxCameraRatio: 4,
        stagePadding: 60,
        defaultEdgeType: 'arrow',
        renderEdgeLabels: false,
        allowInvalidContainer: true,
        defaultDrawNodeLabel: name,
        defaultDrawNodeHover: (context, data) => {
          context.beginPath();
          context.arc(data.x, data.y, data.size + 3, 0, Math.PI * 2);
          context.lineWidth = 2;
          context.strokeStyle = colour('--mark');
          context.stroke();
        },
      });
    } catch {
      setFailed(true); // no WebGL here; the twin has it all
      return;
    }
    made.on('beforeRender', () => {
      room.clear();
      made.getGraph().forEachNode((_, { x, y, size }) => {
        const at = made.graphToViewport({ x: x as number, y: y as number });
        const far = made.scaleSize(size as number);
        room.hold(at.x - far, at.y - far, at.x + far, at.y + far);
      });
    });
    made.on('clickNode', ({ node }) => acts.current.choose(node));
    made.on('clickStage', () => acts.current.choose(null));
    made.on('doubleClickNode', ({ node, event }) => {
      event.preventSigmaDefault();
      acts.current.open(node);
    });
    drawing.current = made;
    return () => {
      drawing.current = null;
      made.kill();
    };
  }, []);

  useEffect(() => {
    const sigma = drawing.current;
    if (!sigma) return;
    const graph = new Graph({ type: 'directed', multi: true });
    for (const thing of things) {
      const look = kinds[thing.kind] ?? kinds['missing'];
      const point = at.get(thing.key) ?? { x: 0, y: 0 };
      graph.addNode(thing.key, {
        ...point,
        label: thing.name,
        size: thing.key === focus ? 13 : 9,
        color: 'rgba(0,0,0,0)',
        fill: (dark ? look?.dark : look?.colour) ?? '#888888',
        kind: thing.kind,
        forceLabel: true,
        chosen: thing.key === chosen,
        zIndex: thing.key === focus ? 1 : 0,
      });
    }
    for (const { key, from, to, kind } of links) {
      const stroke = strokes[kind];
      if (graph.hasNode(from) && graph.hasNode(to)) {
        graph.addDirectedEdgeWithKey(key, from, to, { size: stroke?.width ?? 1, color: (dark ? stroke?.dark : stroke?.colour) ?? '#888888' });
      }
    }
    sigma.setGraph(graph);
    sigma.refresh();
  }, [things, links, at, dark, chosen, focus]);

  const zoom = (by: 'in' | 'out' | 'fit') => {
    const camera = drawing.current?.getCamera();
    if (by === 'in') void camera?.animatedZoom();
    else if (by === 'out') void camera?.animatedUnzoom();
    else void camera?.animatedReset();
  };
  const press = (event: KeyboardEvent) => {
    const camera = drawing.current?.getCamera();
    if (!camera || event.ctrlKey || event.metaKey || event.altKey) return;
    const { x, y, ratio } = camera.getState();
    const by = 0.1 * ratio;
    if (event.key === '+' || event.key === '=') zoom('in');
    else if (event.key === '-') zoom('out');
    else if (event.key === '0') zoom('fit');
    else if (event.key === 'ArrowLeft') camera.setState({ x: x - by });
    else if (event.key === 'ArrowRight') camera.setState({ x: x + by });
    else if (event.key === 'ArrowUp') camera.setState({ y: y + by });
    else if (event.key === 'ArrowDown') camera.setState({ y: y - by });
    else return;
    event.preventDefault();
  };
  return (
    <div class="picture">
      {failed && <p>{t('picture.no_webgl')}</p>}
      <div ref={place} class="net" role="img" aria-label={label} tabIndex={0} onKeyDown={press} data-nodes={things.length} data-edges={links.length} />
      <div class="zoom">
        <button type="button" aria-label={t('picture.zoom_in')} onClick={() => zoom('in')}>
          +
        </button>
        <button type="button" aria-label={t('picture.zoom_out')} onClick={() => zoom('out')}>
          −
        </button>
        <button type="button" onClick={() => zoom('fit')}>
          {t('picture.fit')}
        </button>
      </div>
    </div>
  );
}
