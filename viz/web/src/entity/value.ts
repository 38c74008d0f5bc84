/** A value as people read it. */
import { t, valueName } from '../texts';

/** `of`: the property whose value it is, as its kind has it. */
export function worded(value: unknown, of?: { kind: string; property: string }): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (Array.isArray(value)) return value.map((one) => worded(one, of)).join('；');
  if (typeof value === 'string') return of ? valueName(of.kind, of.property, value) : value;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

export function placed(source: { file: string; sheet: string; row: number }): string {
  return [source.file, source.sheet, t('entity.row', { n: source.row })].filter(Boolean).join(' · ');
}
