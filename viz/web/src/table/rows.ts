/** Rows of a table twin: sorted, filtered, and as text for the clipboard and for spreadsheets. */
export type Cell = string | number | null;
export interface Order {
  column: number;
  down: boolean;
}

function compare(a: Cell, b: Cell, collator: Intl.Collator): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1; // unknown last
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}

/** Rows in an order, equal ones as they were; unknown cells come last either way. */
export function sorted<R extends { cells: readonly Cell[] }>(rows: readonly R[], order: Order | null, locale: string): R[] {
  if (!order) return [...rows];
  const collator = new Intl.Collator(locale, { numeric: true });
  const { column, down } = order;
  return [...rows].sort((x, y) => {
    const a = x.cells[column] ?? null;
    const b = y.cells[column] ?? null;
    const found = compare(a, b, collator);
    return down && a !== null && b !== null ? -found : found;
  });
}

/** Rows with every word of a text in some column. */
export function filtered<R extends { cells: readonly Cell[] }>(rows: readonly R[], text: string): R[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [...rows];
  return rows.filter(({ cells }) => {
    const all = cells.map((cell) => (cell === null ? '' : String(cell).toLocaleLowerCase())).join('\n');
    return words.every((word) => all.includes(word));
  });
}

/** What a spreadsheet would take for a formula (ROBUSTNESS C5), full-width forms included. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

function field(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
  return /["\r\n,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A CSV file as Excel opens it: with its byte-order mark, and no cell a formula. */
export function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[head, ...rows].map((row) => row.map(field).join(',')).join('\r\n')}\r\n`;
}

/** Text with tabs between cells, for pasting. */
export function pasted(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const plain = (cell: Cell): string => {
    if (cell === null) return '';
    const text = String(cell).replace(/[\t\r\n]+/g, ' ');
    return typeof cell === 'string' && FORMULA.test(cell) ? `'${text}` : text;
  };
  return [head, ...rows].map((row) => row.map(plain).join('\t')).join('\n');
}
