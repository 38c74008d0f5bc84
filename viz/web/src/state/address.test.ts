import { describe, expect, it } from 'vitest';
import { format, page, PAGES, parse, type View } from './address';

const ids = ['U1', 'building:420106007/001', '甲 公司?#&=%', '<img src=x onerror=alert(1)>', '100%', '%E4', 'a+b', '../..'];

describe('the address holds the view', () => {
  it('gives every view back', () => {
    const views: View[] = [{ name: 'city' }, ...PAGES.map((name) => page(name)), ...ids.map((id) => page('load', { in: id, [id]: '1' }))];
    for (const id of ids) {
      for (const tab of ['chain', 'neighbours', 'table', 'history'] as const) {
        for (const down of [false, true]) views.push({ name: 'entity', kind: 'unit', id, tab, down });
      }
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
