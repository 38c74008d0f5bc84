/** What the board holds in its address, and what is asked of a jurisdiction. */
import type { Schemas } from '../api/client';
import { go, page, view, type Held } from '../state/address';

export type Entry = Schemas['BoardEntry'];
export type Listed = Schemas['Board'];
export type Tab = 'open' | 'plan' | 'cross' | 'inspect' | 'look';
export const TABS: readonly Tab[] = ['open', 'plan', 'cross', 'inspect', 'look'];
/** Marks that are drawn at most; of more, streets are shown first. As many entries are asked for at a time. */
export const MOST = 3_000;

/**
 * Changes some of what is held now, also by a change before that is not drawn yet; what becomes empty is not held any more.
 * Who has left the board is not called back to it by an answer that came late.
 */
export function change(more: Record<string, string | undefined>, how: 'new' | 'instead' = 'new'): void {
  const now = view.value;
  if (now.name !== 'board') return;
  const next = { ...now.held, ...more };
  go(page('board', Object.fromEntries(Object.entries(next).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== ''))), how);
}

/** Another jurisdiction: what was chosen, planned and drafted of the former one goes with it. */
export function elsewhere(within: string | undefined): Record<string, string | undefined> {
  const former = ['of', 'job', 'unit', 'group', 'draft', 'alternatives', 'before', 'kept', 'sample'];
  return { ...Object.fromEntries(former.map((name) => [name, undefined])), in: within };
}

export function tabOf(held: Held): Tab {
  return TABS.find((tab) => tab === held['tab']) ?? 'open';
}


export const ACTIONS = ['separate', 'joint', 'work_coverage', 'covered'] as const;
export type ActionName = (typeof ACTIONS)[number];

export function actionOf(entry: Entry): ActionName {
  return ACTIONS.find((one) => one === entry.action) ?? 'covered';
}
