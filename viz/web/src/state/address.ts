/**
 * The address holds the view: `#/entity/unit:U1?tab=chain`. It stands after the `#`, which browsers send to nobody: whom one looks
 * at is in no log of a proxy.
 */
import { Signal, useSignal } from './signal';

export type Tab = 'chain' | 'history' | 'neighbours' | 'table';
/** Pages that have an entry in the navigation (`shell/pages.ts`). */
export const PAGES = ['map', 'explore', 'board', 'desk', 'questions', 'load'] as const;
export type PageName = (typeof PAGES)[number];
/** What a page holds in its address: its own words and values, of which it takes what it knows. */
export type Held = Readonly<Record<string, string>>;
export type View =
  | { name: 'city' }
  | { name: PageName; held: Held }
  /** `open`: what else is expanded among its neighbours, in that order; `at`: which of them is chosen. Keys, as `unit:U1`.
   * `without`: kinds of things and relations that are not drawn. */
  | { name: 'entity'; kind: string; id: string; tab: Tab; down: boolean; open: readonly string[]; at: string | null; without: readonly string[] };

/** Expanded entities that an address holds at most: each is asked for. */
const OPEN = 20;
const KEY = /^[^:/]+:./;
const TABS: readonly Tab[] = ['chain', 'neighbours', 'table', 'history'];

/** A page of the navigation, with what it holds. */
export function page(name: PageName, held: Held = {}): PageView {
  return { name, held };
}

export function format(view: View): string {
  if (view.name === 'city') return '#/';
  if (view.name !== 'entity') {
    const text = new URLSearchParams(view.held).toString();
    return `#/${view.name}${text && `?${text}`}`;
  }
  const asked = new URLSearchParams();
  if (view.tab !== 'neighbours') asked.set('tab', view.tab);
  if (view.down) asked.set('down', '1');
  if (view.open.length) asked.set('open', view.open.map((key) => key.replaceAll('\\', '\\\\').replaceAll(' ', '\\s')).join(' '));
  if (view.at !== null) asked.set('at', view.at);
  if (view.without.length) asked.set('without', view.without.join('.'));
  const text = asked.toString();
  return `#/entity/${encodeURIComponent(view.kind)}:${encodeURIComponent(view.id)}${text && `?${text}`}`;
}

/** Kinds of things and relations as an address holds them, each once. */
export function kindsOf(text: string | null | undefined): string[] {
  return [...new Set((text ?? '').split('.'))].filter((one) => /^\w{1,60}$/.test(one));
}

/** The view that an address means; the city's where it means none. */
export function parse(hash: string): View {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s, 2);
  const named = PAGES.find((one) => path === `/${one}`);
  if (named) return page(named, Object.fromEntries(new URLSearchParams(query)));
  const found = /^\/entity\/([^:/]+):(.+)$/.exec(path);
  if (!found?.[1] || !found[2]) return { name: 'city' };
  const asked = new URLSearchParams(query);
  const tab = TABS.find((one) => one === asked.get('tab')) ?? 'neighbours';
  try {
    const kind = decodeURIComponent(found[1]);
    const keys = (asked.get('open') ?? '').split(' ').map((key) => key.replace(/\\(.)/g, (_, c: string) => (c === 's' ? ' ' : c)));
    const open = [...new Set(keys)].filter((key) => KEY.test(key)).slice(0, OPEN);
    const at = asked.get('at');
    const id = decodeURIComponent(found[2]);
    return { name: 'entity', kind, id, tab, down: asked.get('down') === '1', open, at: at !== null && KEY.test(at) ? at : null, without: kindsOf(asked.get('without')) };
  } catch {
    return { name: 'city' }; // a broken escape
  }
}

export const view = new Signal<View>({ name: 'city' });

/** Takes the view from the address, now and whenever it changes. */
export function follow(): void {
  const look = () => {
    const next = parse(location.hash);
    // a view that was gone to is there before the browser says so
    if (format(next) !== format(view.value)) view.value = next;
  };
  addEventListener('hashchange', look);
  look();
}

/** Goes to a view, at once: what is changed next begins from it, though the browser tells of a new address a task later. */
export function go(next: View, how: 'new' | 'instead' = 'new'): void {
  const hash = format(next);
  if (how === 'new') location.hash = hash;
  else history.replaceState(null, '', hash);
  view.value = next;
}

export function useView(): View {
  return useSignal(view);
}

export type PageView = Extract<View, { held: Held }>;
export type EntityView = Extract<View, { name: 'entity' }>;

export function opened(kind: string, id: string): EntityView {
  return { name: 'entity', kind, id, tab: 'neighbours', down: false, open: [], at: null, without: [] };
}
