import { describe, expect, it } from 'vitest';
import type { Link, Thing } from './neighbourhood';
import { sift } from './sifting';

const thing = (key: string): Thing => ({ key, id: key, kind: key.split(':')[0] ?? '', name: key, type: null });
const link = (from: string, kind: string, to: string): Link => ({ key: `${from}>${kind}>${to}`, from, to, kind, via: null });
const things = ['unit:U1', 'unit:U2', 'organization:F1'].map(thing);
const links = [link('unit:U1', 'SUBORDINATE_TO', 'unit:U2'), link('unit:U1', 'COVERS', 'organization:F1'), link('unit:U2', 'COVERS', 'organization:F1')];
const keys = (all: readonly { key: string }[]) => all.map(({ key }) => key);

describe('kinds that are filtered out', () => {
  it('go with what is tied to them, and are counted still', () => {
    const found = sift(things, links, new Set(['organization']));
    expect(keys(found.things)).toEqual(['unit:U1', 'unit:U2']);
    expect(keys(found.links)).toEqual(['unit:U1>SUBORDINATE_TO>unit:U2']);
    expect([...found.kinds]).toEqual([['unit', 2], ['organization', 1]]);
    expect([...found.relations]).toEqual([['SUBORDINATE_TO', 1]]);
  });
  it('of relations leave the things', () => {
    const found = sift(things, links, new Set(['COVERS']));
    expect(found.things).toHaveLength(3);
    expect(keys(found.links)).toEqual(['unit:U1>SUBORDINATE_TO>unit:U2']);
    expect(found.relations.get('COVERS')).toBe(2);
  });
  it('leave what the page is about', () => {
    const found = sift(things, links, new Set(['unit']), 'unit:U1');
    expect(keys(found.things)).toEqual(['unit:U1', 'organization:F1']);
    expect(keys(found.links)).toEqual(['unit:U1>COVERS>organization:F1']);
  });
});
