/** The dialogue in which something is recorded: it asks for what that takes, and keeps what was typed where the service refuses. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import { giveFirst } from '../state/focus';
import { inBoth, t, type Key } from '../texts';
import './recording.css';

export interface Field {
  name: string;
  label: Key;
  kind: 'text' | 'line' | 'date' | 'number' | 'choice';
  /** Of a choice: each with what it is called. */
  choices?: readonly (readonly [string, string])[];
  required?: boolean;
  value?: string;
  /** Characters at most. */
  most?: number;
}

interface Props {
  title: string;
  says?: string;
  fields: readonly Field[];
  act: string;
  /** Done when it resolves; what it throws is shown, and the dialogue stays. */
  send: (given: Record<string, string>) => Promise<void>;
  close: () => void;
  /** Where one goes on from here; where it says nothing, back to where one came from. */
  onward?: () => Element | null | undefined;
  problemOf: (error: unknown) => Problem;
  progress?: { over: number; of: number } | null;
}

export function Recording({ title, says, fields, act, send, close, onward, problemOf, progress }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const going = useRef(onward);
  going.current = onward;
  useEffect(() => {
    const from = document.activeElement;
    dialog.current?.showModal();
    return () => giveFirst(going.current?.(), from);
  }, []);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const given: Record<string, string> = {};
    for (const { name } of fields) {
      const value = form.get(name);
      if (typeof value === 'string' && value.trim()) given[name] = value.trim();
    }
    const blank = fields.find(({ name, required }) => required && !(name in given));
    if (blank) {
      setProblem({ code: 'blank', status: 0, title: '', detail: '', both: inBoth((text) => ({ title: text(blank.label), detail: text('recording.not_blank') })) });
      return;
    }
    setBusy(true);
    setProblem(null);
    send(given).then(close, (error: unknown) => {
      setProblem(problemOf(error));
      setBusy(false);
    });
  };
  return (
    <dialog
      ref={dialog}
      class="ask recording"
      aria-labelledby="recording-title"
      onCancel={(event) => {
        if (busy) event.preventDefault(); // what is being recorded can't be taken back by closing
      }}
      onClose={close}
    >
      <form onSubmit={submit}>
        <h2 id="recording-title">{title}</h2>
        {says && <p class="quiet">{says}</p>}
        {fields.map((field, k) => (
          <label key={field.name}>
            <span>
              {t(field.label)}
              {field.required ? ` ${t('recording.needed')}` : ''}
            </span>
            {field.kind === 'text' ? (
              <textarea name={field.name} rows={3} maxLength={field.most ?? 4_000} required={field.required ?? false} autofocus={k === 0} defaultValue={field.value ?? ''} />
            ) : field.kind === 'choice' ? (
              <select name={field.name} autofocus={k === 0}>
                {field.choices?.map(([value, name]) => (
                  <option key={value} value={value} selected={value === field.value}>
                    {name}
                  </option>
                ))}
              </select>
            ) : field.kind === 'number' ? (
              <input name={field.name} type="number" min={0} step={1} required={field.required ?? false} defaultValue={field.value ?? ''} />
            ) : field.kind === 'date' ? (
              <input name={field.name} type="date" required={field.required ?? false} defaultValue={field.value ?? ''} />
            ) : (
              <input name={field.name} type="text" maxLength={field.most ?? 400} required={field.required ?? false} autofocus={k === 0} defaultValue={field.value ?? ''} />
            )}
          </label>
        ))}
        <p class="quiet">{t('recording.impersonal')}</p>
        {problem && <Failure problem={problem} />}
        {progress && (
          <p role="status">
            <progress max={progress.of} value={progress.over} aria-label={t('recording.busy')} /> {progress.over} / {progress.of}
          </p>
        )}
        <div class="bar">
          <Act type="submit" main off={busy}>
            {act}
          </Act>
          <Act off={busy} act={close}>
            {t('recording.cancel')}
          </Act>
        </div>
      </form>
    </dialog>
  );
}
