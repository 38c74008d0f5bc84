import { afterEach, describe, expect, it, vi } from 'vitest';
import { change } from '../board/held';
import { follow, format, go, opened, page, PAGES, parse, view, type View } from './address';

const ids = ['U1', 'building:420106007/001', '甲 公司?#&=%', '<img src=x onerror=alert(1)>', '100%', '%E4', 'a+b', '../..'];

describe('the address holds the view', () => {
  it('gives every view back', () => {
    const views: View[] = [{ name: 'city' }, ...PAGES.map((name) => page(name)), ...ids.map((id) => page('load', { in: id, [id]: '1' }))];
    for (const id of ids) {
      for (const tab of ['chain', 'neighbours', 'table', 'history'] as const) {
        for (const down of [false, true]) views.push({ name: 'entity', kind: 'unit', id, tab, down, open: [], at: null, without: [] });
      }
      views.push({ ...opened('unit', id), open: ids.map((one) => `organization:${one}`), at: `organization:${id}`, without: ['organization', 'COVERS'] });
    }
    for (const view of views) expect(parse(format(view))).toEqual(view);
  });
  it('takes whatever else stands there for the city', () => {
    for (const hash of ['', '#', '#/', '#/nothing', '#/entity/', '#/entity/unit', '#/entity/unit:', '#/entity/unit:%E4%', '#main']) {
      expect(parse(hash)).toEqual({ name: 'city' });
    }
  });
  it('takes an unknown tab for the first that is shown', () => {
    expect(parse('#/entity/unit:U1?tab=constructor')).toMatchObject({ tab: 'neighbours', down: false });
  });
});

describe('one change after another', () => {
  // a browser's: the address is there at once, who listens is told a task later
  const tell: (() => void)[] = [];
  const location = { hash: '' };
  const told = () => tell.forEach((listener) => listener());
  vi.stubGlobal('location', location);
  vi.stubGlobal('history', { replaceState: (_state: null, _title: string, hash: string) => (location.hash = hash) });
  vi.stubGlobal('addEventListener', (_name: string, listener: () => void) => tell.push(listener));
  follow();
  afterEach(() => go({ name: 'city' }));

  it('keeps both, though nothing was drawn between them', () => {
    go(page('board'));
    change({ tab: 'plan' });
    change({ in: '420106' });
    expect(view.value).toEqual(page('board', { tab: 'plan', in: '420106' }));
    expect(location.hash).toBe('#/board?tab=plan&in=420106');
  });
  it('is one view, not two, when the browser tells of it', () => {
    go(page('map', { in: 'a' }));
    const seen: View[] = [];
    const end = view.follow((next) => seen.push(next));
    told();
    expect(seen).toEqual([]);
    location.hash = '#/map?in=b'; // by hand, or back and forward
    told();
    expect(seen).toEqual([page('map', { in: 'b' })]);
    end();
  });
});
