import { describe, expect, it } from 'vitest';
import type { Mark, Point } from './frame';
import { paintOver, type Box, type Painted } from './paint';

/** A canvas that keeps what is written on it, each letter 10 pixels wide. */
function canvas() {
  const written: { text: string; box: Box }[] = [];
  const nothing = () => undefined;
  const context = new Proxy<Record<string, unknown>>({}, {
    get: (of, name) => {
      if (name === 'measureText') return (text: string) => ({ width: text.length * 10 });
      if (name === 'fillText') return (text: string, x: number, y: number) => written.push({ text, box: [x, y - 7, x + text.length * 10, y + 7] });
      return name in of ? of[String(name)] : nothing;
    },
  });
  return { context: context as unknown as CanvasRenderingContext2D, written };
}

const mark = (id: string, level: Mark['level'], name: string): Mark => ({ id, level, name, kind: level, code: id, parent: null, counts: { organizations: 1, units: 0, base: 1, base_covered: 0 }, shares: [1] }) as unknown as Mark;
const ring = (l: number, t: number, r: number, b: number): Point[] => [[l, t], [r, t], [r, b], [l, b]];

function painted(streets: readonly Point[], area: readonly Point[]): Painted {
  return {
    placed: streets.map((at, k) => ({ mark: mark(`s${k}`, 'street', `街${k}`), at, radius: 12 })),
    outlined: [{ mark: mark('d', 'district', '东区'), rings: [area] }],
    ties: [], level: 'street', colour: 'coverage', looks: [], chosen: null, hovered: null, changed: new Set(),
    ink: { ground: '#fff', ink: '#000', quiet: '#555', mark: '#00f', dark: false }, put: (at) => at, tiled: false, width: 600, height: 400,
  };
}
const boxOf = (all: readonly { text: string; box: Box }[], text: string): Box | undefined => all.find((one) => one.text === text)?.box;
const apart = (a: Box, b: Box): boolean => a[0] >= b[2] || b[0] >= a[2] || a[1] >= b[3] || b[1] >= a[3];

describe('names on the map', () => {
  it("of an area stand beside it where marks fill its top", () => {
    const { context, written } = canvas();
    paintOver(context, painted([[300, 112]], ring(200, 100, 400, 250)), false);
    const name = boxOf(written, '东区');
    expect(name && apart(name, [300 - 12, 112 - 12, 300 + 12, 112 + 12])).toBe(true);
  });
  it('of an area are written over marks rather than nowhere', () => {
    const { context, written } = canvas();
    const rows = [0, 12, 24, 36].flatMap((y) => [260, 280, 300, 320, 340].map((x): Point => [x, y * 10 + 10]));
    paintOver(context, painted(rows, ring(200, 10, 400, 390)), false);
    expect(boxOf(written, '东区')).toBeDefined();
  });
  it('are not written under the buttons', () => {
    const { context, written } = canvas();
    const buttons: Box = [480, 340, 600, 400];
    paintOver(context, painted([[540, 345], [100, 100]], ring(20, 20, 200, 200)), false, () => [buttons]);
    expect(boxOf(written, '街1')).toBeDefined();
    for (const { text, box } of written) if (text !== '1') expect(apart(box, buttons), text).toBe(true);
  });
});
