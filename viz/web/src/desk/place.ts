/** Where an open finding stands in its list: as the rows that are there tell it, and where they don't, as the service does. */
import type { Schemas } from '../api/client';
import { useAsked } from '../state/asked';
import { asked, type Filters } from './held';
import type { List, Row } from './list';

export interface Place {
  /** From 1; null where the list does not hold it (any more). */
  at: number | null;
  of: number;
  previous: string | null;
  next: string | null;
}

/** The place that rows tell; null where they are not enough: the finding is none of them, or its neighbour is yet to be read. */
export function placed(rows: readonly Pick<Row, 'id'>[], of: number, complete: boolean, id: string): Place | null {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0 || (at === rows.length - 1 && !complete)) return null;
  // rows stay where something is done about them: the list is as long as it was when it was asked for
  return { at: at + 1, of: Math.max(of, rows.length), previous: rows[at - 1]?.id ?? null, next: rows[at + 1]?.id ?? null };
}

/** The place of an open finding; null until it is known, or where none is open. */
export function usePlace(list: List, filters: Filters, open: string | null, turn: number): Place | null {
  const told = open === null ? null : placed(list.rows, list.length, list.next === null, open);
  const path = open !== null && told === null && list.page !== null ? asked(filters, { limit: 1, beside: open }) : null;
  // what is done about a finding moves it in the service's list
  const answer = useAsked<Schemas['DeskList']>(path, {}, `${turn} ${list.page?.matching ?? ''}`);
  if (told !== null || path === null || answer.is !== 'answered') return told;
  const { place, matching } = answer.answer;
  if (place?.id !== open) return null; // of the one before
  const { previous, next } = place;
  const at = list.rows.findIndex(({ id }) => id === open);
  // the last row that was read is counted as the rows before it are
  if (at >= 0) return { at: at + 1, of: list.length, previous: list.rows[at - 1]?.id ?? null, next };
  return { at: place.at, of: matching, previous, next };
}
