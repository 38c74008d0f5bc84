/** Where things are drawn: computed here, the same for the same input; what was there stays near where it was. */
import Graph from 'graphology';
import forces from 'graphology-layout-forceatlas2';
import type { Link, Thing } from './neighbourhood';

export interface Point {
  x: number;
  y: number;
}
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

export function positions(focus: string, things: readonly Thing[], links: readonly Link[], before: ReadonlyMap<string, Point> = new Map()): Map<string, Point> {
  const graph = new Graph({ type: 'undirected', multi: false });
  const beside = new Map<string, string>();
  for (const { from, to } of links) {
    if (!beside.has(from)) beside.set(from, to);
    if (!beside.has(to)) beside.set(to, from);
  }
  for (const [k, { key }] of things.entries()) {
    const kept = before.get(key);
    const anchor = before.get(beside.get(key) ?? '') ?? { x: 0, y: 0 };
    const far = key === focus ? 0 : 4 + Math.sqrt(k);
    graph.addNode(key, kept ? { ...kept } : { x: anchor.x + far * Math.cos(k * GOLDEN), y: anchor.y + far * Math.sin(k * GOLDEN) });
  }
  for (const { from, to } of links) if (from !== to && graph.hasNode(from) && graph.hasNode(to)) graph.mergeEdge(from, to);
  if (graph.order > 2) {
    forces.assign(graph, { iterations: Math.max(50, 150 - graph.order), settings: { gravity: 0.6, scalingRatio: 12, slowDown: 4, strongGravityMode: false, barnesHutOptimize: graph.order > 150 } });
  }
  return new Map(graph.mapNodes((key, { x, y }) => [key, { x: x as number, y: y as number }] as const));
}
