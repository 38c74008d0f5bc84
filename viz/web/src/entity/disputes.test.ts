import { expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { disputes } from './disputes';

const source = (row: number) => ({ file: 'a.xlsx', sheet: 's', row });
const value = (property: string, said: unknown, otherwise: unknown[] = []) =>
  ({ property, label: { zh: property, en: property }, value: said, since: '2016-08-26', ledger: 'x', source: source(1), agreed: 0, disputed: otherwise.length > 0,
    otherwise: otherwise.map((v, k) => ({ how: 'disagrees', value: v, ledger: `y${k}`, dated: '2016-08-26', source: source(k + 2) })) }) satisfies Schemas['Value']; // prettier-ignore

it('puts what sources disagree on side by side, one column a source', () => {
  const found = disputes([value('name', '甲', ['乙']), value('staff', 3), value('street', 'a', ['b', 'c'])], 'organization');
  expect(found.sources.map(({ ledger }) => ledger)).toEqual(['x', 'y0', 'y1']);
  expect(found.lines.map(({ property, cells }) => [property, cells])).toEqual([
    ['name', ['甲', '乙', null]],
    ['street', ['a', 'b', 'c']],
  ]);
});

it('has nothing where all agree', () => {
  expect(disputes([value('name', '甲')], 'organization')).toEqual({ sources: [], lines: [] });
});
