/** A kind's shape, as the palette has it: colour never speaks alone. */
import { kinds } from '../texts';
import { useTheme } from '../state/theme';

export function Icon({ kind }: { kind: string }) {
  const dark = useTheme() === 'dark';
  const look = kinds[kind] ?? kinds['missing'];
  if (!look) return null;
  return (
    <svg class="icon" viewBox="-1.1 -1.1 2.2 2.2" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={look.path} fill={dark ? look.dark : look.colour} fill-rule="evenodd" />
    </svg>
  );
}
