/** Recording a step, taking one back, setting measures: a dialogue of the browser's own that keeps the focus and closes with Escape. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { post, type Problem } from '../api/client';
import { Failure } from '../shell/Failure';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { t } from '../texts';
import type { Entry } from './held';
import { stateName, type State } from './wording';

export type What = { is: 'step'; codes: string[]; to: State } | { is: 'back'; codes: string[] } | { is: 'measure'; codes: string[] };

export function Recording({ what, date, picked, close }: { what: What; date: string; picked: readonly Entry[]; close: (written: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const given = new FormData(form);
    const text = (name: string) => {
      const value = given.get(name);
      return typeof value === 'string' ? value : '';
    };
    const made = { office: text('office'), date: text('date') };
    const asked: Promise<unknown> =
      what.is === 'step'
        ? post('/board/step', { ...made, codes: what.codes, to: what.to, evidence: text('text') })
        : what.is === 'back'
          ? post('/board/back', { ...made, codes: what.codes, reason: text('text') })
          : post('/board/measure', { ...made, code: what.codes[0], measures: text('text'), due: text('due'), responsible: text('responsible') });
    setBusy(true);
    setProblem(null);
    asked.then(
      () => {
        announce(t('board.recorded'));
        close(true);
      },
      (error: unknown) => {
        setBusy(false);
        setProblem(problemOf(error));
      },
    );
  };
  const title = what.is === 'step' ? t('board.step', { state: stateName(what.to) }) : what.is === 'back' ? t('board.back') : t('board.measure');
  const names = picked.filter(({ code }) => what.codes.includes(code)).map(({ name, code }) => name ?? code);
  return (
    <dialog ref={dialog} class="recording" aria-labelledby="recording-title" onClose={() => close(false)}>
      <h2 id="recording-title">{title}</h2>
      {names.length > 0 && <p class="quiet">{t('board.picked', { names: names.slice(0, 5).join('、'), n: names.length })}</p>}
      {problem && <Failure problem={problem} />}
      <form onSubmit={send}>
        <label>
          {t(what.is === 'step' ? 'board.form.evidence' : what.is === 'back' ? 'board.form.reason' : 'board.form.measures')}
          <textarea name="text" required rows={3} maxLength={4000} autofocus />
        </label>
        {what.is === 'measure' && (
          <>
            <label>
              {t('board.form.due')}
              <input type="date" name="due" required />
            </label>
            <label>
              {t('board.form.responsible')}
              <input name="responsible" required maxLength={200} />
            </label>
          </>
        )}
        <label>
          {t('board.form.office')}
          <input name="office" required maxLength={200} />
        </label>
        <label>
          {t('board.form.date')}
          <input type="date" name="date" required value={date} />
        </label>
        <p class="quiet">{t('board.form.no_person')}</p>
        <div class="bar">
          <button type="submit" class="main" disabled={busy}>
            {t('board.form.send')}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {t('board.form.cancel')}
          </button>
        </div>
      </form>
    </dialog>
  );
}
