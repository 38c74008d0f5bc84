/** What one says of where a sheet's header is, or that the sheet stays out, before it is saved. */
import type { Sheet } from './mapping';

/** The first and last row of a header, from 1. */
export type Rows = readonly [number, number];
export type Layout = { is: 'header'; rows: Rows } | { is: 'out' };
/** By sheet; of the others nothing is said. */
export type Layouts = Readonly<Record<string, Layout>>;

export interface Placed {
  key: string;
  file: string;
  sheet: Sheet;
}

export const TALLEST = 5;
export const LOWEST = 200;

/** A pattern of file names that means one name alone. */
export function alone(name: string): string {
  return name.replace(/[[*?]/g, '[$&]');
}

/** By what a mapping knows a sheet without its headings: its name, and its file's where there are several. */
export function named(sheet: string, file: string | null): Record<string, string> {
  return { ...(file === null ? {} : { file: alone(file) }), ...(sheet ? { name: alone(sheet) } : {}) };
}

/** The sheets of a mapping that is saved nowhere yet, for a look. */
export function drafted(sheets: readonly Placed[], layouts: Layouts): Record<string, unknown>[] {
  return sheets.flatMap(({ key, file, sheet }) => {
    const said = layouts[key];
    if (!said) return [];
    const which = named(sheet.sheet, file.replace(/^.*[\\/]/, ''));
    return [said.is === 'out' ? { ...which, leave_out: true } : { ...which, header: said.rows }];
  });
}

/** Rows after one of them is chosen or no longer: they stay together, and at most five. */
export function toggled(rows: Rows | null, row: number): Rows | null {
  if (rows === null) return [row, row];
  const [first, last] = rows;
  if (row < first) return last - row < TALLEST ? [row, last] : [row, row];
  if (row > last) return row - first < TALLEST ? [first, row] : [row, row];
  if (first === last) return null;
  return row === first ? [first + 1, last] : [first, row - 1];
}

/** Whether numbers are rows of a header. */
export function fits(first: number, last: number): boolean {
  return Number.isInteger(first) && Number.isInteger(last) && 1 <= first && first <= last && last <= LOWEST && last - first < TALLEST;
}
