/** States, measures and figures of the board in words. */
import { language, t, type Key } from '../texts';
import type { Entry } from './held';

export const STATES = ['pending', 'formed', 'verified', 'struck_off', 'rechecked'] as const;
export type State = (typeof STATES)[number];

export function stateName(state: string | null | undefined): string {
  const known: readonly string[] = [...STATES, 'back'];
  return state && known.includes(state) ? t(`board.state.${state}` as Key) : t('board.state.none');
}

export function measured({ measures }: Entry): string {
  if (!measures) return '';
  const due = measures.due ? t(measures.late ? 'board.due_late' : 'board.due', { date: measures.due }) : '';
  return [measures.measures, due, measures.responsible].filter(Boolean).join(language.value === 'zh' ? '；' : '; ');
}

export function cost(value: number): string {
  return value.toLocaleString(language.value === 'zh' ? 'zh-CN' : 'en', { maximumFractionDigits: 3 });
}

/** The state that comes next; none after the last. */
export function following(state: string | null): State | null {
  const at = STATES.findIndex((one) => one === state);
  return at < 0 ? null : (STATES[at + 1] ?? null);
}
