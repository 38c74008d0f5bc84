/** The page on which ledgers are loaded into a city that holds some already. */
import { go } from '../state/address';
import type { PageProps } from '../shell/pages';
import { Load } from './Load';

export function Loading({ me }: PageProps) {
  return <Load me={me} empty={false} done={() => go({ name: 'city' })} />;
}
