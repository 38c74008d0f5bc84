import { expect, it } from 'vitest';
import type { Schemas } from '../api/client';
import { pairValues, weightKey } from './pairs';

const value = (property: string, said: unknown) => ({ property, label: { zh: property, en: property }, value: said }) as Schemas['Value'];

it('puts two organizations beside each other, what differs first; what one leaves out is no difference', () => {
  const lines = pairValues({ values: [value('name', '甲'), value('staff', 3)] }, { values: [value('name', '甲'), value('staff', 4), value('lon', 1)] });
  expect(lines.map(({ property, differs }) => [property, differs])).toEqual([
    ['staff', true],
    ['name', false],
    ['lon', false],
  ]);
});

it('knows the weights', () => {
  expect(weightKey('same_body')).toBe('same_body');
  expect(weightKey('constructor')).toBeNull();
});
