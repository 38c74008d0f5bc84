/** Saved views: keeping what is drawn under a name, with a note, for oneself or for whoever has the link. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { post, put, remove, type Problem, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { format, page } from '../state/address';
import { announce } from '../state/announce';
import { problemOf, useAsked } from '../state/asked';
import { language, number, t } from '../texts';
import type { OnBoard } from './useBoard';

type Listed = Schemas['Listed'];
const NAME = 100;
const NOTE = 2_000;

const linkTo = (id: string) => format(page('explore', { saved: id }));
const dated = (text: string) => new Date(text).toLocaleString(language.value === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export function Saved({ on, close }: { on: OnBoard; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Schemas['SavedListing']>('/views/saved', {}, turn);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [said, setSaid] = useState('');
  const [going, setGoing] = useState<string | null>(null);
  const list = asked.is === 'answered' ? asked.answer : null;
  const mine = list?.views.find(({ id }) => id === on.saved) ?? null;
  useEffect(() => dialog.current?.showModal(), []);

  const tell = (text: string) => {
    setSaid(text);
    announce(text);
  };
  const attempt = async (what: () => Promise<void>) => {
    setProblem(null);
    try {
      await what();
      setTurn((n) => n + 1);
    } catch (error) {
      setProblem(problemOf(error));
    }
  };
  const content = (form: HTMLFormElement) => {
    const given = new FormData(form);
    const { board, points, known } = on;
    const kept = [...board.held].filter(([key]) => known.things.has(key));
    const position = new Map(kept.map(([key], n) => [key, n]));
    const things = kept.map(([key, holders]) => {
      const point = board.pinned.get(key) ?? points.get(key) ?? { x: 0, y: 0 };
      // by their positions: ids of all of them would be most of what is sent
      const by = [...holders].flatMap((one) => position.get(one) ?? []).slice(0, 50);
      return { id: key, x: Math.round(point.x * 100) / 100, y: Math.round(point.y * 100) / 100, pinned: board.pinned.has(key), by };
    });
    return {
      name: given.get('name') as string, note: given.get('note') as string, shared: given.get('shared') !== null,
      as_of: board.asOf, layout: board.layout, without: [...board.without], things,
    };
  };
  const keep = (form: HTMLFormElement, id: string | null) =>
    attempt(async () => {
      const body = content(form);
      const made = id === null ? await post<Listed>('/views/saved', body) : await put<Listed>(`/views/saved/${id}`, body);
      on.named(made.id);
      tell(t('explore.kept', { name: made.name }));
    });
  const copy = async (view: Listed) => {
    try {
      await navigator.clipboard.writeText(`${location.origin}${location.pathname}${linkTo(view.id)}`);
      tell(t('explore.link_copied'));
    } catch {
      tell(`${location.origin}${location.pathname}${linkTo(view.id)}`);
    }
  };
  const drawn = on.shown.things.length > 0;
  return (
    <dialog ref={dialog} class="saved" aria-labelledby="saved-title" onClose={close}>
      <h2 id="saved-title">{t('explore.saved')}</h2>
      {drawn && (
        <form
          key={mine?.id ?? 'new'}
          onSubmit={(event) => {
            event.preventDefault();
            const by = (event.submitter as HTMLButtonElement | null)?.value;
            void keep(event.currentTarget, by === 'change' ? (mine?.id ?? null) : null);
          }}
        >
          <label>
            {t('column.name')}
            <input name="name" required maxLength={NAME} defaultValue={mine?.name ?? ''} />
          </label>
          <label>
            {t('explore.note')}
            <textarea name="note" rows={3} maxLength={NOTE} defaultValue={mine?.note ?? ''} aria-describedby="note-hint" />
          </label>
          <p id="note-hint" class="quiet">
            {t('explore.note_hint')}
          </p>
          <label class="check">
            <input type="checkbox" name="shared" defaultChecked={mine?.shared ?? false} />
            <span>{t('explore.share')}</span>
          </label>
          <div class="bar">
            {mine && (
              <button type="submit" class="main" value="change">
                {t('explore.keep_changes')}
              </button>
            )}
            <button type="submit" class={mine ? '' : 'main'} value="new">
              {t(mine ? 'explore.keep_new' : 'explore.keep')}
            </button>
          </div>
        </form>
      )}
      {said && (
        <p class="said" role="status">
          {said}
        </p>
      )}
      {problem && <Failure problem={problem} />}
      {asked.is === 'failed' && <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />}
      {list && <h3>{t('explore.mine', { n: number(list.views.length), most: number(list.most) })}</h3>}
      {list && !list.views.length && <p class="quiet">{t(drawn ? 'explore.none_kept' : 'explore.none_drawn')}</p>}
      <ul class="views-kept">
        {list?.views.map((view) => (
          <li key={view.id}>
            <div>
              <a href={linkTo(view.id)} aria-current={view.id === on.saved ? 'true' : undefined} onClick={() => dialog.current?.close()}>
                {view.name}
              </a>
              <small>
                {dated(view.changed)} · {t('explore.kept_n', { n: number(view.number) })} · {t(view.shared ? 'explore.is_shared' : 'explore.is_private')}
              </small>
              {view.note && <p class="note">{view.note}</p>}
            </div>
            <div class="bar">
              {view.shared && (
                <button type="button" aria-label={`${t('explore.copy_link')}: ${view.name}`} onClick={() => void copy(view)}>
                  {t('explore.copy_link')}
                </button>
              )}
              <button
                type="button"
                aria-label={`${t(going === view.id ? 'explore.delete_sure' : 'explore.delete')}: ${view.name}`}
                onClick={() => {
                  if (going !== view.id) setGoing(view.id);
                  else
                    void attempt(async () => {
                      await remove(`/views/saved/${view.id}`);
                      if (view.id === on.saved) on.named(null);
                      setGoing(null);
                      tell(t('explore.deleted', { name: view.name }));
                    });
                }}
              >
                {t(going === view.id ? 'explore.delete_sure' : 'explore.delete')}
              </button>
            </div>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => dialog.current?.close()}>
        {t('keys.close')}
      </button>
    </dialog>
  );
}
