import { describe, expect, it } from 'vitest';
import { LIGHT, legend } from '../graph/look';
import { offline, STYLE, STYLE_HASH } from './offline';
import { projected, unprojected } from '../geometry/camera';
import { fitting, hit, sheet, shortened, type Shown } from '../graph/sheet';
import { svg, xml } from './svg';

const HOSTILE = ['<img src=x onerror=alert(1)>', '"><script>alert(1)</script>', "' onload='x", ']]>&amp;', '\u0000\u0008\uFFFE\uD800', '</svg><b>'];
const SIZE = { width: 800, height: 600 };
const measured = (text: string) => text.length * 8;

function shown(names: readonly string[]): Shown {
  const things = names.map((name, k) => ({ key: `unit:U${k}`, id: `U${k}`, kind: k % 2 ? 'unit' : 'organization', name, type: null }));
  const links = things.slice(1).flatMap((thing) =>
    ['SUBORDINATE_TO', 'COVERS'].map((kind) => ({ key: `${thing.key}>${kind}`, from: thing.key, to: 'unit:U0', kind, via: null })),
  );
  const at = new Map(things.map(({ key }, k) => [key, { x: Math.cos(k) * 20, y: Math.sin(k) * 20 }]));
  return { things, links, at, chosen: new Set(['unit:U1']), cursor: 'unit:U0', pinned: new Map([['unit:U0', true]]), strong: new Set() };
}
const drawn = (names: readonly string[]) => {
  const all = shown(names);
  return sheet(all, fitting(all.at.values(), SIZE), SIZE, measured);
};

describe('a sheet', () => {
  it('has all of it on the page, each name free of marks and of other names', () => {
    const found = drawn(Array.from({ length: 60 }, (_, k) => `光谷第${k}号公司`));
    for (const { x, y } of found.marks) expect(x > 0 && x < SIZE.width && y > 0 && y < SIZE.height).toBe(true);
    const boxes = found.names.map(({ text, x, y, anchor }) => {
      const wide = measured(text);
      const left = anchor === 'start' ? x : anchor === 'end' ? x - wide : x - wide / 2;
      return [left, y - 8, left + wide, y + 8] as const;
    });
    const marks = found.marks.map(({ x, y, radius: r }) => [x - r, y - r, x + r, y + r] as const);
    for (const [k, [l, t, r, b]] of boxes.entries()) {
      const others = found.names[k]?.strong ? [] : marks; // what is pointed at is named all the same
      for (const [l2, t2, r2, b2] of [...boxes.slice(k + 1), ...others]) expect(l < r2 && l2 < r && t < b2 && t2 < b).toBe(false);
    }
    expect(found.names.map(({ key }) => key)).toEqual(expect.arrayContaining(['unit:U0', 'unit:U1']));
  });
  it('draws several relations between two apart', () => {
    const { lines } = drawn(['甲', '乙']);
    expect(lines).toHaveLength(2);
    expect(Math.hypot((lines[0]?.bend.x ?? 0) - (lines[1]?.bend.x ?? 0), (lines[0]?.bend.y ?? 0) - (lines[1]?.bend.y ?? 0))).toBeGreaterThan(15);
  });
  it('finds what is pointed at, and a place again', () => {
    const { marks } = drawn(['甲', '乙']);
    const mark = marks[1];
    expect(mark && hit(marks, { x: mark.x + 5, y: mark.y })?.key).toBe('unit:U1');
    expect(hit(marks, { x: -100, y: 0 })).toBeNull();
    const camera = { x: 3, y: -4, scale: 2.5 };
    expect(unprojected(projected({ x: 7, y: 8 }, camera, SIZE), camera, SIZE)).toEqual({ x: 7, y: 8 });
    expect(fitting([], SIZE).scale).toBeGreaterThan(0);
    expect(shortened('武汉东湖新技术开发区某某信息技术有限公司', 10)).toBe('武汉东湖新…');
  });
});

describe('files of a drawing', () => {
  it('have names as text, whatever they hold, and its shapes, dashes and legend', () => {
    const all = shown(HOSTILE);
    const text = svg(drawn(HOSTILE), legend(all.things, all.links), LIGHT, { title: HOSTILE[0] ?? '', described: HOSTILE[4] ?? '' });
    expect(text).not.toMatch(/<(img|script|b)\b/);
    expect(text).not.toMatch(/onload='/);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0008\uFFFE\uD800-\uDFFF]/);
    expect(text.match(/<svg/g)).toHaveLength(2);
    expect(text.match(/scale\(8\)/g)).toHaveLength(2);
    const open = text.match(/<[a-z]+/g)?.length ?? 0;
    expect((text.match(/<\/[a-z]+/g)?.length ?? 0) + (text.match(/\/>/g)?.length ?? 0)).toBe(open);
    expect(xml('a\tb')).toBe('a\tb');
  });
  it('are a page without scripts, whose policy takes its one style and nothing else', async () => {
    const text = offline('zh-CN', HOSTILE[1] ?? '', HOSTILE, '<svg/>', [{ name: HOSTILE[0] ?? '', head: HOSTILE, rows: [HOSTILE, [null, 3]] }]);
    expect(text).not.toMatch(/<(img|script|b)\b/);
    expect(/<style>([^<]*)<\/style>/.exec(text)?.[1]).toBe(STYLE);
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(STYLE));
    expect(STYLE_HASH).toBe(`sha256-${btoa(String.fromCharCode(...new Uint8Array(hash)))}`);
    expect(text).toContain(`default-src 'none'; style-src '${STYLE_HASH}'`);
  });
});
