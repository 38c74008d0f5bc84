/** The pages of the navigation, in its order: what each is called, for whom it is, and its code, which is fetched when it is opened. */
import type { ComponentType } from 'preact';
import { KEYS as exploreKeys } from '../explore/keys';
import { mayLoad, type Me } from '../state/account';
import type { PageName, PageView } from '../state/address';
import type { Key } from '../texts';

export interface PageProps {
  me: Me;
  view: PageView;
}

export interface Page {
  title: Key;
  open: () => Promise<ComponentType<PageProps>>;
  /** Who finds it in the navigation; the service decides anew what each may do. */
  shown: (me: Me) => boolean;
  /** Its own keys, for the sheet of shortcuts. */
  keys?: readonly (readonly [string, Key])[];
}

export const pages: Record<PageName, Page> = {
  explore: { title: 'nav.explore', open: async () => (await import('../explore/Explore')).Explore, shown: () => true, keys: exploreKeys },
  load: { title: 'nav.load', open: async () => (await import('../start/Loading')).Loading, shown: mayLoad },
};
