import { afterAll, expect, it } from 'vitest';
import { saidName } from '../desk/evidence';
import { language, viaName } from '../texts';
import { worded } from './value';

const spoken = language.value;
afterAll(() => {
  language.value = spoken;
});

it("says the program's own words in the language of the page, a ledger's as they are", () => {
  language.value = 'zh';
  const line = { kind: 'organization', property: 'line' };
  expect(worded('enterprise', line)).toBe('非公企业');
  expect(worded(['social', 'rural'], line)).toBe('社会组织；农村新型经营主体');
  expect(worded('enterprise', { kind: 'organization', property: 'name' })).toBe('enterprise');
  expect(worded('constructor', { kind: 'constructor', property: 'constructor' })).toBe('constructor');
  language.value = 'en';
  expect(worded('enterprise', line)).toBe('non-public enterprise');
  expect(worded('党支部', { kind: 'unit', property: 'type' })).toBe('党支部');
});

it('names the property that a relation was read from, by its ends first', () => {
  language.value = 'zh';
  expect(['district', 'street', 'building'].map((via) => viaName(via, ['organization', 'division']))).toEqual(['所属区', '所属街道', '所在楼宇']);
  expect(viaName('parent', ['division', 'division'])).toBe('上级');
  expect(viaName('unit', ['unit', 'organization'])).toBe('党组织代码');
  expect(viaName('nothing', ['unit'])).toBe('nothing');
});

it('names what evidence says as its entity does, else as the rule means it', () => {
  language.value = 'zh';
  expect(saidName('organization', 'staff')).toBe('从业人数');
  expect(saidName('unit', 'members')).toBe('党员数');
  expect(saidName('', 'unheard_of')).toBe('unheard_of');
});
