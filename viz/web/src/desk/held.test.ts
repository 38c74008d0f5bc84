import { describe, expect, it } from 'vitest';
import { asked, filters, holding, narrowing, part, toggled } from './held';

describe('the desk in its address', () => {
  it('opens on open findings, and gives every choice of filters back', () => {
    expect(filters({})).toEqual({ code: [], severity: [], state: ['open'], district: null, street: null, text: '' });
    const chosen = { code: ['orphan', 'cycle'], severity: ['error'], state: ['confirmed', 'open'], district: '429901', street: '429901001', text: '光谷 <b>' };
    expect(filters(holding(chosen))).toEqual(chosen);
    expect(filters(holding({ ...chosen, state: [] })).state).toEqual([]);
    expect(holding({ ...filters({}), text: ' ' }, { part: 'findings', state: 'confirmed' })).toEqual({ part: 'findings' });
  });
  it('takes nothing that is none', () => {
    expect(filters({ code: 'Orphan,../x,orphan,orphan', severity: 'bad', state: 'gone' })).toMatchObject({ code: ['orphan'], severity: [], state: ['open'] });
    expect(part({ part: 'constructor' })).toBe('findings');
  });
  it('keeps no street without its district', () => {
    expect(holding({ ...filters({}), street: '429901001' })).toEqual({});
  });
  it('counts what narrows it', () => {
    expect(narrowing(filters({}))).toBe(0);
    expect(narrowing(filters({ state: 'all', code: 'orphan,cycle' }))).toBe(3);
  });
  it('asks with each value of a facet', () => {
    expect(asked({ ...filters({}), code: ['a', 'b'], text: 'x&y' }, { limit: 5 })).toBe('/findings?code=a&code=b&state=open&text=x%26y&limit=5');
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
    expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
  });
});
