/** The city map's own picture with as many marks as a benchmark wants, and the same hands that its buttons and keys have. */
import { render } from 'preact';
import { CityPicture, type Hand } from '../src/map/CityPicture';
import { frame } from '../src/map/frame';
import type { Schemas } from '../src/api/client';
import '../src/style.css';
import '../src/map/map.css';

interface Drawn { nodes: [x: number, y: number, unit: 0 | 1][]; edges: [from: number, to: number, kind: 0 | 1][] }
declare global {
  interface Window {
    /** Draws; resolves once all marks are on the picture. */
    draw: (what: Drawn) => Promise<void>;
    /** Puts the camera: where it looks, and how far in it is. */
    look: (x: number, y: number, zoom: number) => void;
  }
}

const KINDS = ['COVERS', 'SUBORDINATE_TO'];
const VALUES = ['single', 'joint', 'eligible', 'uncovered', 'outside'];

window.draw = async ({ nodes, edges }) => {
  const marks = nodes.map(([x, y, unit], n) => ({
    id: `n${n}`, level: 'organization', kind: unit ? 'unit' : 'organization', code: `n${n}`, name: `光谷${n}号`, parent: null, geographic: [x, y], placed: 'own',
    hull: null, outliers: 0, network: [x * 1000, y * 1000, 0, 0], counts: null, shares: null, state: null, type: null, value: n % 5, opens: { id: `n${n}` }, degree: 1, core: 1,
  }));
  const view = {
    marks, left_out: [], legend: VALUES.map((id) => ({ id, label: { zh: id, en: id } })),
    links: edges.map(([from, to, kind]) => ({ from: `n${from}`, to: `n${to}`, kind: KINDS[kind], number: 1 })),
  } as unknown as Schemas['CityView'];
  const hand: { current: Hand | null } = { current: null };
  const nothing = () => undefined;
  await new Promise<void>((done) => {
    render(
      <CityPicture
        label="frames" view={view} on={frame([0, 0, 1, 1], 1000)} layout="geographic" colour="coverage" chosen={null} size="same" rows ties={new Set(KINDS)} changed={new Set()}
        whole={[0, 0, 1, 1]} stay={false} choose={nothing} open={nothing} up={nothing} drift={nothing} drawn={() => done()} seen={nothing} hand={hand} tiles={null} tiled={nothing}
      />,
      document.getElementById('picture') ?? document.body,
    );
  });
  let far = 0;
  window.look = (x, y, zoom) => {
    const want = Math.round(Math.log(zoom) / Math.log(1 / 0.6));
    for (; far < want; far++) hand.current?.zoom('in');
    for (; far > want; far--) hand.current?.zoom('out');
    hand.current?.centre([x, y]);
  };
};
