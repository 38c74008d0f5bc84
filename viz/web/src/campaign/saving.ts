/** Files of the service, kept under their names; what is refused is said where it was asked for. */
import { blobOf } from '../api/client';
import { announce } from '../state/announce';
import { t } from '../texts';

export async function save(name: string, path: string, query: Record<string, string | undefined>, lang?: string): Promise<void> {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await blobOf(path, query, lang));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  announce(t('campaign.saved', { name }));
}
