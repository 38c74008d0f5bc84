/** The legend of a picture whose rows filter it: kinds of things by their sign, kinds of relations by their line, each with its number. */
import type { ComponentChild } from 'preact';
import { Icon } from '../shell/Icon';
import { useTheme } from '../state/theme';
import { edgeName, kindName, number } from '../texts';
import { DARK, LIGHT, strokeOf } from './look';
import type { Sifted } from './sifting';

interface Props {
  found: Pick<Sifted, 'kinds' | 'relations'>;
  without: ReadonlySet<string>;
  set: (what: string, drawn: boolean) => void;
}

export function Kinds({ found: { kinds, relations }, without, set }: Props) {
  const look = useTheme() === 'dark' ? DARK : LIGHT;
  // a relation that is filtered out may have nothing between what is drawn by now: it can be had back all the same
  const gone = [...without].filter((what) => !kinds.has(what) && !relations.has(what) && what === what.toUpperCase());
  const row = (what: string, n: number, sign: ComponentChild, called: string) => (
    <li key={what}>
      <label>
        <input type="checkbox" checked={!without.has(what)} onChange={(event) => set(what, event.currentTarget.checked)} />
        {sign}
        <span>{called}</span> <span class="quiet">{number(n)}</span>
      </label>
    </li>
  );
  return (
    <ul class="kinds">
      {[...kinds].map(([kind, n]) => row(kind, n, <Icon kind={kind} />, kindName(kind)))}
      {[...relations, ...gone.map((what) => [what, 0] as const)].map(([kind, n]) => {
        const { colour, width, dashes } = strokeOf(kind, look);
        const line = (
          <svg class="icon" width="22" height="16" aria-hidden="true" focusable="false">
            <line x1="0" y1="8" x2="22" y2="8" stroke={colour} stroke-width={width + 0.8} stroke-dasharray={dashes.join(' ')} />
          </svg>
        );
        return row(kind, n, line, edgeName(kind));
      })}
    </ul>
  );
}
