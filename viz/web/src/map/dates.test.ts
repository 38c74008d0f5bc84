import { describe, expect, it } from 'vitest';
import { datesOf } from './Dates';

const batch = (date: string, undone = false) => ({ date, undone });

describe('the dates of the slider', () => {
  it('end with the newest that any row is of, whatever day the last import was', () => {
    const some = [batch('2016-08-26'), batch('2016-11-21')];
    expect(datesOf(some, '2017-01-05')).toEqual(['2016-08-26', '2016-11-21', '2017-01-05']);
    expect(datesOf([...some, batch('2026-11-30')], '2017-01-05')).toEqual(['2016-08-26', '2016-11-21', '2017-01-05']);
    expect(datesOf([batch('2026-11-30')], '2017-01-05')).toEqual(['2017-01-05']);
  });
  it('are each one, and none of what was taken back', () => {
    expect(datesOf([batch('2016-08-26'), batch('2016-08-26'), batch('2016-09-01', true)], '2016-08-26')).toEqual(['2016-08-26']);
    expect(datesOf([], null)).toEqual([]);
  });
});
