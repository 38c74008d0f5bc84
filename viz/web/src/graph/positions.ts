/** Where things are drawn: computed here, the same for the same input; what was there stays near where it was. */
import Graph from 'graphology';
import forces from 'graphology-layout-forceatlas2';
import type { Point } from '../geometry/plane';
import type { Link, Thing } from './neighbourhood';

type Keyed = Pick<Thing, 'key'>;
type Ends = Pick<Link, 'from' | 'to'>;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

/** Gives what has no place yet one beside what it is tied to. */
export function placed(things: readonly Keyed[], links: readonly Ends[], before: ReadonlyMap<string, Point>, focus = ''): Map<string, Point> {
  const beside = new Map<string, string>();
  for (const { from, to } of links) {
    // what has a place is the better anchor
    if (!beside.has(from) || (!before.has(beside.get(from) ?? '') && before.has(to))) beside.set(from, to);
    if (!beside.has(to) || (!before.has(beside.get(to) ?? '') && before.has(from))) beside.set(to, from);
  }
  return new Map(
    things.map(({ key }, k) => {
      const kept = before.get(key);
      if (kept) return [key, { ...kept }];
      const anchor = before.get(beside.get(key) ?? '') ?? { x: 0, y: 0 };
      const far = key === focus ? 0 : 4 + Math.sqrt(k);
      return [key, { x: anchor.x + far * Math.cos(k * GOLDEN), y: anchor.y + far * Math.sin(k * GOLDEN) }];
    }),
  );
}

/** Forces between things, some steps at a time, so that a page stays alive meanwhile; what is fixed stays where it is. */
export class Forces {
  private readonly graph = new Graph({ type: 'undirected', multi: false });

  constructor(things: readonly Keyed[], links: readonly Ends[], at: ReadonlyMap<string, Point>, fixed: ReadonlySet<string> = new Set()) {
    for (const { key } of things) this.graph.addNode(key, { ...(at.get(key) ?? { x: 0, y: 0 }), fixed: fixed.has(key) });
    for (const { from, to } of links) if (from !== to && this.graph.hasNode(from) && this.graph.hasNode(to)) this.graph.mergeEdge(from, to);
  }

  /** How many steps bring it to rest. */
  get rest(): number {
    return this.graph.order > 2 ? Math.max(50, 150 - this.graph.order) : 0;
  }

  steps(iterations: number): Map<string, Point> {
    if (this.graph.order > 2) {
      const { order } = this.graph;
      forces.assign(this.graph, {
        iterations,
        settings: { gravity: 0.6, scalingRatio: 12, slowDown: 4, strongGravityMode: false, barnesHutOptimize: order > 150 },
      });
    }
    return new Map(this.graph.mapNodes((key, { x, y }) => [key, { x: x as number, y: y as number }] as const));
  }
}

export function positions(focus: string, things: readonly Thing[], links: readonly Link[], before: ReadonlyMap<string, Point> = new Map()): Map<string, Point> {
  const found = new Forces(things, links, placed(things, links, before, focus));
  return found.steps(found.rest);
}
