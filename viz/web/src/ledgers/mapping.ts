/** What one says of a ledger's columns before it is imported, and the mapping that comes of it. */
import type { Schemas } from '../api/client';
import { named } from './layout';

export type Preview = Schemas['LedgerPreview'];
export type Sheet = Schemas['PreviewSheet'];
export type Kind = Schemas['SheetKind'];

/** What is said of one sheet: its kind, a meaning by column (null: not read), and what it lacks for good. */
export interface Said {
  kind: string | null;
  means: Record<number, string | null>;
  absent: string[];
}

/** The list of choices of a column that can't be given a meaning: persons' are never read, ticked ones are read together. */
export function fixed(how: string): boolean {
  return how === 'personal' || how === 'tick';
}

export function read(sheet: Sheet): Said {
  const absent = sheet.entry?.['absent'];
  return {
    kind: sheet.kind,
    means: Object.fromEntries(sheet.columns.map(({ index, means }) => [index, means])),
    absent: Array.isArray(absent) ? absent.filter((one) => typeof one === 'string') : [],
  };
}

/** What a sheet is said to be, with nothing of it known yet. */
export function anew(sheet: Sheet, kind: Kind | null): Said {
  const known = new Set(kind?.columns.map(({ name }) => name));
  const taken = new Set<string>();
  const means: Said['means'] = {};
  for (const { index, heading, means: meant, likely, how, known_as } of sheet.columns) {
    const guess = [kind ? known_as[kind.id] : null, meant, heading, likely].find((one) => one && known.has(one) && !taken.has(one)) ?? null;
    means[index] = fixed(how) ? null : guess;
    if (means[index]) taken.add(means[index]);
  }
  return { kind: kind?.id ?? null, means, absent: [] };
}

export function changed(sheet: Sheet, said: Said): boolean {
  const before = read(sheet);
  return before.kind !== said.kind || sheet.columns.some(({ index }) => (before.means[index] ?? null) !== (said.means[index] ?? null)) || before.absent.join() !== said.absent.join();
}

/** Required columns that nothing gives and nobody said are absent. */
export function missing(sheet: Sheet, said: Said, kinds: readonly Kind[]): string[] {
  const kind = kinds.find(({ id }) => id === said.kind);
  if (!kind) return [];
  const given = new Set([...Object.values(said.means), ...said.absent]);
  const constant = sheet.entry?.['constants'];
  if (constant && typeof constant === 'object') for (const name of Object.keys(constant)) given.add(name);
  const sections = sheet.entry?.['sections'];
  if (typeof sections === 'string') given.add(sections);
  return kind.columns.filter(({ name, required }) => required && !given.has(name)).map(({ name }) => name);
}

/** Meanings that two columns have: one of them has to give it up. */
export function twice(said: Said, sheet: Sheet): string[] {
  const seen = new Map<string, number>();
  for (const { index, how } of sheet.columns) {
    const means = said.means[index];
    if (means && how !== 'tick') seen.set(means, (seen.get(means) ?? 0) + 1);
  }
  return [...seen].filter(([, n]) => n > 1).map(([name]) => name);
}

/** One sheet's entry in a mapping, as its file has it; null where nothing is said of it. `file`: where there are several. */
export function entry(sheet: Sheet, said: Said, file: string | null = null): Record<string, unknown> | null {
  if (sheet.left_out) return { ...named(sheet.sheet, file), leave_out: true };
  const header = sheet.header_said ? { header: sheet.header_rows } : {};
  if (!said.kind) return sheet.header_said ? { ...named(sheet.sheet, file), ...header } : null;
  const columns: Record<string, string> = {};
  const ignore: string[] = [];
  for (const { index, heading, how } of sheet.columns) {
    if (!heading || fixed(how)) continue;
    const means = said.means[index];
    if (means) columns[heading] = means;
    else if (how !== 'unknown' && how !== 'twice') ignore.push(heading);
  }
  if (!Object.keys(columns).length) return null;
  const base: Record<string, unknown> = said.kind === sheet.kind && sheet.entry ? { ...sheet.entry } : {};
  if (!base['when']) {
    // a look knew the sheet by its name; from now on its headings tell it
    delete base['file'];
    delete base['name'];
  }
  return {
    ...base,
    ...header,
    sheet: said.kind,
    when: Object.keys(columns),
    columns,
    ...(ignore.length ? { ignore } : {}),
    ...(said.absent.length ? { absent: said.absent } : {}),
  };
}

/** The sheets of a mapping; those that read alike are one. */
export function entries(sheets: readonly (readonly [Sheet, Said, (string | null)?])[]): Record<string, unknown>[] {
  const found = new Map<string, Record<string, unknown>>();
  for (const [sheet, said, file] of sheets) {
    const one = entry(sheet, said, file ?? null);
    if (one) found.set(JSON.stringify(one), one);
  }
  // the first that fits is taken: what says more of a sheet goes before
  const rank = (one: Record<string, unknown>) => (one['leave_out'] ? 0 : one['header'] ? 1 : 2);
  return [...found.values()].sort((a, b) => rank(a) - rank(b));
}

/** A name for a mapping after a file: letters, digits and Chinese characters, no more. */
export function nameFor(file: string): string {
  const stem = file.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');
  return stem.replace(/[^0-9A-Za-z_\-\u4e00-\u9fff]+/g, '').slice(0, 40) || 'mapping';
}
