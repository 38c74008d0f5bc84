/** The wall map of what is shown: a button where one looks at a part of the city, and a dialogue for sheet, format and language. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client';
import { save } from '../campaign/saving';
import { Failure } from '../shell/Failure';
import { problemOf } from '../state/asked';
import { giveFirst } from '../state/focus';
import { language, t, type Language } from '../texts';
import './wall.css';

const PAPERS = ['A4', 'A3', 'A2', 'A1', 'A0'] as const;
const TURNS = ['', 'landscape', 'portrait'] as const;
const FORMATS = ['pdf', 'svg'] as const;
const LANGUAGES: readonly (readonly [Language, string])[] = [
  ['zh', '中文'],
  ['en', 'English'],
];

export interface Wanted {
  /** A division's code or a ledger unit's id; all that one sees without it. */
  within: string | undefined;
  /** What that is called. */
  name: string;
  date?: string | undefined;
}

export function Print(wanted: Wanted) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {t('wall.print')}
      </button>
      {open && <Sheet {...wanted} close={() => setOpen(false)} />}
    </>
  );
}

function Sheet({ within, name, date, close }: Wanted & { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const from = document.activeElement;
    dialog.current?.showModal();
    return () => giveFirst(from);
  }, []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const said = (field: string) => {
      const value = form.get(field);
      return typeof value === 'string' && value ? value : undefined;
    };
    const [paper, format] = [said('paper'), said('format')];
    setBusy(true);
    setProblem(null);
    save(
      `${t('wall.title')} ${name} ${paper ?? ''}.${format ?? 'pdf'}`,
      '/wallmap',
      { in: within, paper, turned: said('turned'), format, as_of: date },
      said('language'),
    ).then(close, (error: unknown) => {
      setProblem(problemOf(error));
      setBusy(false);
    });
  };
  return (
    <dialog ref={dialog} class="ask wall" aria-labelledby="wall-title" aria-describedby="wall-says" onClose={close}>
      <form onSubmit={submit}>
        <h2 id="wall-title">{t('wall.of', { name })}</h2>
        <p id="wall-says" class="quiet">
          {t('wall.says')}
        </p>
        <fieldset>
          <legend>{t('wall.paper')}</legend>
          {PAPERS.map((one) => (
            <label key={one}>
              <input type="radio" name="paper" value={one} defaultChecked={one === 'A3'} /> {one} <small class="quiet">{t(`wall.paper.${one}`)}</small>
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>{t('wall.turned')}</legend>
          {TURNS.map((one) => (
            <label key={one}>
              <input type="radio" name="turned" value={one} defaultChecked={one === ''} /> {t(`wall.turned.${one || 'fitting'}`)}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>{t('wall.format')}</legend>
          {FORMATS.map((one) => (
            <label key={one}>
              <input type="radio" name="format" value={one} defaultChecked={one === 'pdf'} /> {one.toUpperCase()} <small class="quiet">{t(`wall.format.${one}`)}</small>
            </label>
          ))}
        </fieldset>
        <label>
          <span>{t('wall.language')}</span>{' '}
          <select name="language">
            {LANGUAGES.map(([one, called]) => (
              <option key={one} value={one} lang={one} selected={one === language.value}>
                {called}
              </option>
            ))}
          </select>
        </label>
        {problem && <Failure problem={problem} />}
        {busy && (
          <p class="quiet" role="status">
            {t('wall.busy')}
          </p>
        )}
        <div class="bar">
          <button type="submit" class="main" disabled={busy}>
            {t('wall.save')}
          </button>
          <button type="button" disabled={busy} onClick={close}>
            {t('recording.cancel')}
          </button>
        </div>
      </form>
    </dialog>
  );
}
