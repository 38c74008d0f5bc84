/** The pages of the navigation, in its order: what each is called, for whom it is, and its code, which is fetched when it is opened. */
import type { ComponentType } from 'preact';
import { boardKeys } from '../board/keys';
import { DESK_KEYS } from '../desk/keys';
import { mayAudit, mayLoad, type Me } from '../state/account';
import { KEYS as exploreKeys } from '../explore/keys';
import { mapKeys } from '../map/keys';
import type { PageName, PageView } from '../state/address';
import type { Key } from '../texts';
import type { Keys } from './keys';

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
  keys?: Keys;
}

export const pages: Record<PageName, Page> = {
  map: { title: 'nav.map', open: async () => (await import('../map/MapPage')).MapPage, shown: () => true, keys: mapKeys },
  explore: { title: 'nav.explore', open: async () => (await import('../explore/Explore')).Explore, shown: () => true, keys: exploreKeys },
  board: { title: 'nav.board', open: async () => (await import('../board/Board')).Board, shown: (me) => me.role !== 'viewer', keys: boardKeys },
  desk: { title: 'nav.desk', open: async () => (await import('../desk/Desk')).Desk, shown: mayAudit, keys: DESK_KEYS },
  questions: { title: 'nav.questions', open: async () => (await import('../questions/Questions')).Questions, shown: () => true },
  load: { title: 'nav.load', open: async () => (await import('../ledgers/Ledgers')).Ledgers, shown: mayLoad },
};
