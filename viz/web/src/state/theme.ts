/** Light or dark: as the system is, until somebody says otherwise. */
import { read, write } from './kept';
import { Signal, useSignal } from './signal';

export type Theme = 'dark' | 'light';

function first(): Theme {
  const kept = read('theme');
  if (kept === 'dark' || kept === 'light') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export const theme = new Signal<Theme>(typeof matchMedia === 'undefined' ? 'light' : first());

export function wear(): void {
  const put = (now: Theme) => (document.documentElement.dataset['theme'] = now);
  theme.follow(put);
  put(theme.value);
}

export function change(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  write('theme', next);
  theme.value = next;
}

export function useTheme(): Theme {
  return useSignal(theme);
}
