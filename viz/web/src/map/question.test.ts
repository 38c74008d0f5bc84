import { describe, expect, it } from 'vitest';
import { hold, inside, path, read, toggled, WHOLE, type Question } from './question';

const ASKED: Question = {
  in: '420106', at: 'building:420106007/001', box: [114.2, 30.5, 114.4, 30.6], layout: 'network', colour: 'line', kind: 'unit',
  wanted: { coverage: ['eligible', 'uncovered'], status: ['正常, 或停业'], community: ['U-1', 'U,2'] }, plan: '5f0c', date: '2016-08-26', rows: true, since: 3, size: 'core', chosen: 'street:420106007',
};

describe('the address of a view', () => {
  it('holds all of a question and nothing of the whole city\'s', () => {
    expect(hold(WHOLE)).toEqual({});
    expect(read(Object.fromEntries(new URLSearchParams(new URLSearchParams(hold(ASKED)).toString())))).toEqual(ASKED);
  });
  it('names its date as all pages do, and takes links that named it otherwise', () => {
    expect(hold(ASKED)['as_of']).toBe('2016-08-26');
    expect(read({ date: '2016-08-26' }).date).toBe('2016-08-26');
    expect(read({ date: '2016-08-26', as_of: '2016-09-01' }).date).toBe('2016-09-01');
  });
  it('leaves out what it does not know', () => {
    expect(read({ layout: 'spiral', colour: '<img>', plan: '<b>', kind: 'person', box: '1,2,x,4', date: '26.8.2016', status: '%E0%A4%A' })).toEqual(WHOLE);
    expect(read({ box: '3,2,1,4' }).box).toBeNull();
  });
});

describe('what the service is asked', () => {
  it('is every filter by itself, and never what is selected', () => {
    const asked = new URLSearchParams(path(ASKED).split('?')[1]);
    expect(asked.getAll('coverage')).toEqual(['eligible', 'uncovered']);
    expect(asked.getAll('status')).toEqual(['正常, 或停业']);
    expect(asked.getAll('community')).toEqual(['U-1', 'U,2']);
    expect(asked.get('level')).toBe('organization');
    expect(path(ASKED)).toBe(path({ ...ASKED, chosen: null }));
  });
  it('names a plan only where one is asked for', () => {
    expect(path(ASKED)).not.toContain('plan=');
    expect(path({ ...ASKED, colour: 'group' })).toContain('plan=5f0c');
    expect(path({ ...ASKED, wanted: { group: ['joint'] } })).toContain('plan=5f0c');
  });
  it('is the same in either layout, unless of a box', () => {
    expect(path({ ...WHOLE, layout: 'network' })).toBe(path(WHOLE));
    expect(path({ ...ASKED, layout: 'geographic' })).not.toBe(path(ASKED));
  });
});

describe('filters', () => {
  it('take a value in and out again', () => {
    const once = toggled({ line: ['social'] }, 'coverage', 'eligible');
    expect(once).toEqual({ line: ['social'], coverage: ['eligible'] });
    expect(toggled(once, 'coverage', 'eligible')).toEqual({ line: ['social'] });
  });
  it('stay when a mark is opened; the part of the picture and the selection do not', () => {
    const next = inside(ASKED, { in: '420106007' });
    expect(next).toMatchObject({ in: '420106007', at: null, box: null, chosen: null, wanted: ASKED.wanted, date: ASKED.date });
  });
});
