import { describe, expect, it } from 'vitest';
import { lines, progress, type Standing } from './entries';

const standing = (id: string, state: string, done: number | null = null, of: number | null = null): Standing => ({
  id,
  name: id,
  state,
  states: [state],
  done,
  of,
  on: null,
  days_late: null,
  missing: [],
});
const entry = (id: string, state: string, standings: Standing[]) => ({
  id,
  kind: 'report',
  clauses: ['S47'],
  summary: { zh: id, en: id },
  start: '2016-08-25',
  deadlines: [{ date: '2016-08-25', of: { zh: '', en: '' }, chosen: null }],
  state,
  standings,
});

describe('lines of the calendar', () => {
  const entries = [entry('a', 'late', [standing('x', 'late', 0, 2), standing('y', 'done', 2, 2)]), entry('b', 'untold', [])];
  it('are one for each jurisdiction, and one for an entry that nothing tells of', () => {
    expect(lines(entries, false).map(({ key, state }) => [key, state])).toEqual([
      ['a x', 'late'],
      ['a y', 'done'],
      ['b', 'untold'],
    ]);
  });
  it('are what is late or due where that is asked for', () => {
    expect(lines(entries, true).map(({ key }) => key)).toEqual(['a x']);
  });
  it('say how much of how much, or nothing where no row tells', () => {
    expect([progress(standing('x', 'late', 0, 2)), progress(standing('x', 'done')), progress(null)]).toEqual(['0/2', null, null]);
  });
});
