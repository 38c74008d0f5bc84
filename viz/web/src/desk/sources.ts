/** Source rows side by side: one column a row, one line a property; where rows differ, the line says so. */
import type { Schemas } from '../api/client';
import { worded } from '../entity/value';

export type ReadRow = Schemas['ReadRow'];
export interface Line {
  property: string;
  label: { zh: string; en: string };
  cells: (string | null)[];
  /** Whether rows that state it state different things. */
  differs: boolean;
  /** Whether the evidence speaks of it. */
  telling: boolean;
}
export interface Beside {
  kind: string;
  label: { zh: string; en: string };
  rows: ReadRow[];
  lines: Line[];
}

/** Rows with values, by kind; those without are places alone. */
export function beside(rows: readonly ReadRow[]): { tables: Beside[]; places: ReadRow[] } {
  const tables = new Map<string, Beside>();
  for (const row of rows) {
    if (!row.values.length) continue;
    const table = tables.get(row.kind) ?? { kind: row.kind, label: row.label, rows: [], lines: [] };
    tables.set(row.kind, table);
    table.rows.push(row);
  }
  for (const table of tables.values()) {
    const lines = new Map<string, Line>();
    for (const [at, row] of table.rows.entries()) {
      for (const value of row.values) {
        const line = lines.get(value.property) ?? { property: value.property, label: value.label, cells: table.rows.map(() => null), differs: false, telling: false };
        lines.set(value.property, line);
        line.cells[at] = worded(value.value, { kind: row.kind, property: value.property });
        line.telling ||= value.telling;
      }
    }
    for (const line of lines.values()) line.differs = new Set(line.cells.filter((cell) => cell !== null)).size > 1;
    // what the evidence speaks of first, then what differs
    table.lines = [...lines.values()].sort((a, b) => Number(b.telling) - Number(a.telling) || Number(b.differs) - Number(a.differs));
  }
  return { tables: [...tables.values()], places: rows.filter((row) => !row.values.length) };
}

/** The file's own name: where it stood is nobody's business. */
export function fileName(path: string): string {
  return path.replace(/^.*[\\/]/, '') || path;
}
