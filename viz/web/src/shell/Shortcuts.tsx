/** The sheet of shortcuts: a dialogue of the browser's own, which keeps the focus and closes with Escape. */
import { useEffect, useRef } from 'preact/hooks';
import { entityKeys } from '../entity/keys';
import { useView } from '../state/address';
import { t } from '../texts';
import { EVERYWHERE, type Keys } from './keys';
import { pages } from './pages';

export function Shortcuts({ open, close }: { open: boolean; close: () => void }) {
  const view = useView();
  const own = 'held' in view ? pages[view.name].keys : view.name === 'entity' ? entityKeys : undefined;
  const title = 'held' in view ? t(pages[view.name].title) : t('keys.page.entity');
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="keys-title" class="sheet-of-keys" onClose={close}>
      <h2 id="keys-title">{t('keys.title')}</h2>
      {own && <Group title={title} keys={own} />}
      <Group title={t('keys.everywhere')} keys={EVERYWHERE} />
      <button type="button" onClick={close}>
        {t('keys.close')}
      </button>
    </dialog>
  );
}

function Group({ title, keys }: { title: string; keys: Keys }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={what}>
            <dt>
              {key.split('  ').map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
