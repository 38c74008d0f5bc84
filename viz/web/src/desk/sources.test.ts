import { expect, it } from 'vitest';
import { beside, fileName, type ReadRow } from './sources';

const value = (property: string, said: unknown, telling = false) => ({ property, label: { zh: property, en: property }, value: said, telling });
const row = (kind: string, values: ReadRow['values']): ReadRow => ({ kind, label: { zh: kind, en: kind }, id: 'A', source: { file: '/a/b.xlsx', sheet: 's', row: 2 }, batch: 1, dated: null, values });

it('puts rows of a kind beside each other, what the evidence speaks of first, and marks what differs', () => {
  const { tables, places } = beside([row('organization', [value('name', '甲'), value('staff', 3, true)]), row('organization', [value('name', '乙'), value('street', 'x')]), row('member', [])]);
  expect(tables).toHaveLength(1);
  expect(tables[0]?.lines.map(({ property, cells, differs }) => [property, cells, differs])).toEqual([
    ['staff', ['3', null], false],
    ['name', ['甲', '乙'], true],
    ['street', [null, 'x'], false],
  ]);
  expect(places.map(({ kind }) => kind)).toEqual(['member']);
});

it('shows a file by its name', () => {
  expect(['/a/b.xlsx', 'C:\\x\\台账.xls', 'plain.csv', '/'].map(fileName)).toEqual(['b.xlsx', '台账.xls', 'plain.csv', '/']);
});
