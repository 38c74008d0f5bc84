import { expect, it } from 'vitest';
import { language } from '../texts';
import { filesOf } from './done';

it('names what was done by a command, and leaves files their names', () => {
  language.value = 'zh';
  expect(filesOf(['lianjian finding confirmed'])).toBe('问题办理：确认');
  expect(filesOf(['lianjian board struck-off'])).toBe('挂图作战：销号');
  expect(filesOf(['lianjian 台账.xlsx', '11-01青澜区台账.xlsx'])).toBe('lianjian 台账.xlsx、11-01青澜区台账.xlsx');
});
