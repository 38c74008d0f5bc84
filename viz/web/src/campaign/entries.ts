/** The calendar's entries as rows of a table. */
import type { Schemas } from '../api/client';
import type { Cell } from '../table/rows';

type Entry = Schemas['CalendarEntry'];
export type Standing = Entry['standings'][number];
export interface Line {
  key: string;
  entry: Entry;
  standing: Standing | null;
  state: string;
}
const PRESSING = new Set(['late', 'due']);

/** A line for each jurisdiction of each entry; an entry that nothing tells of has one line of its own. */
export function lines(entries: readonly Entry[], pressing: boolean): Line[] {
  const all = entries.flatMap((entry): Line[] =>
    entry.standings.length
      ? entry.standings.map((standing) => ({ key: `${entry.id} ${standing.id}`, entry, standing, state: standing.state }))
      : [{ key: entry.id, entry, standing: null, state: entry.state }],
  );
  return pressing ? all.filter(({ state }) => PRESSING.has(state)) : all;
}

/** How much of how much, as a cell. */
export function progress(standing: Standing | null): Cell {
  return standing?.of === null || standing?.of === undefined ? null : `${standing.done ?? 0}/${standing.of}`;
}
