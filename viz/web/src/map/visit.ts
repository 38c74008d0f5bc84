/** What this browser saw when it was here last: the newest import of that time. It is kept here only, and nobody else is told. */
import { read, write } from '../state/kept';

/** The import that was newest at the last visit; this tab's own visit is the same one until it is closed. Null: none is known. */
export function lastVisit(newest: number): number | null {
  let began: string | null = null;
  try {
    began = sessionStorage.getItem('lianjian.visited');
  } catch {
    // then each load of the page is a visit
  }
  const before = began ?? read('visited') ?? '';
  try {
    sessionStorage.setItem('lianjian.visited', before);
  } catch {
    // as above
  }
  write('visited', String(newest));
  return /^\d{1,9}$/.test(before) ? Number(before) : null;
}
