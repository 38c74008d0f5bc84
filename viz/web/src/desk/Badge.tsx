/** How grave a finding is, and what was done about it: a shape and a word each. */
import { t } from '../texts';
import { SEVERITIES, STATES } from './held';

const SHAPE = { error: 'M-4 -9H4L9 -4V4L4 9H-4L-9 4V-4Z', warning: 'M0 -9L9.5 8H-9.5Z', note: 'M0 -8A8 8 0 1 0 .01 -8Z' } as const;
const SIGN = { open: '○', confirmed: '◉', repaired: '✓', dismissed: '⊘' } as const;

export function Grave({ severity, worded = true }: { severity: string; worded?: boolean }) {
  const known = SEVERITIES.find((one) => one === severity) ?? 'note';
  return (
    <span class={`grave ${known}`}>
      <svg viewBox="-10 -10 20 20" width="14" height="14" role={worded ? undefined : 'img'} aria-hidden={worded ? 'true' : undefined} aria-label={worded ? undefined : t(`desk.severity.${known}`)}>
        <path d={SHAPE[known]} />
      </svg>
      {worded && t(`desk.severity.${known}`)}
    </span>
  );
}

export function Stand({ state }: { state: string }) {
  const known = STATES.find((one) => one === state) ?? 'open';
  return (
    <span class={`stand ${known}`}>
      <span aria-hidden="true">{SIGN[known]}</span> {t(`desk.state.${known}`)}
    </span>
  );
}
