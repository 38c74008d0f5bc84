/** A value as people read it. */
import { t } from '../texts';

export function worded(value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (Array.isArray(value)) return value.map(worded).join('；');
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

export function placed(source: { file: string; sheet: string; row: number }): string {
  return [source.file, source.sheet, t('entity.row', { n: source.row })].filter(Boolean).join(' · ');
}
