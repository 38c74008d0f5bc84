/** The sheet of shortcuts: a dialogue of the browser's own, which keeps the focus and closes with Escape. */
import { useEffect, useRef } from 'preact/hooks';
import { useView } from '../state/address';
import { t, type Key } from '../texts';
import { pages } from './pages';

const KEYS: readonly (readonly [string, Key])[] = [
  ['/', 'keys.search'],
  ['1 2 3 4', 'keys.tabs'],
  ['l', 'keys.l'],
  ['d', 'keys.d'],
  ['?', 'keys.help'],
  ['Esc', 'keys.esc'],
];

export function Shortcuts({ open, close }: { open: boolean; close: () => void }) {
  const view = useView();
  const own = 'held' in view ? pages[view.name].keys : undefined;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClose={close}>
      <h2 id="keys-title">{t('keys.title')}</h2>
      <dl class="keys">
        {[...(own ?? []), ...KEYS].map(([key, what]) => (
          <div key={what}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={close}>
        {t('keys.close')}
      </button>
    </dialog>
  );
}
