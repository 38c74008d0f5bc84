/** A question under a name: saved, changed, taken away and brought back. */
import { useEffect, useState } from 'preact/hooks';
import { post, put, remove, type Problem, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { t } from '../texts';

export type Saved = Schemas['SavedQuestion'];

interface Props {
  /** The one that was opened, where it is one's own. */
  saved: Saved | null;
  question: Record<string, unknown>;
  done: (saved: Saved | null) => void;
}

export function Saving({ saved, question, done }: Props) {
  const [name, setName] = useState(saved?.name ?? '');
  const [shared, setShared] = useState(saved?.shared ?? false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [gone, setGone] = useState<Saved | null>(null);
  const own = saved?.own ? saved : null;
  useEffect(() => {
    setName(saved?.name ?? '');
    setShared(saved?.shared ?? false);
    setProblem(null);
  }, [saved?.id]);

  const fail = (error: unknown) => setProblem(problemOf(error));
  const kept = (made: Saved) => {
    setProblem(null);
    setGone(null);
    announce(t('questions.saved', { name: made.name }));
    done(made);
  };
  const save = (how: 'new' | 'change') => {
    const body = { name: name.trim(), question, shared };
    if (how === 'change' && own) put<Saved>(`/questions/${encodeURIComponent(own.id)}`, body).then(kept, fail);
    else post<Saved>('/questions', body).then(kept, fail);
  };
  const drop = () => {
    if (!own) return;
    remove(`/questions/${encodeURIComponent(own.id)}`).then(() => {
      setGone(own);
      announce(t('questions.deleted', { name: own.name }));
      done(null);
    }, fail);
  };
  return (
    <form
      class="saving"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) save(own ? 'change' : 'new');
      }}
    >
      <div class="bar">
        <input type="text" aria-label={t('questions.save_name')} placeholder={t('questions.save_name')} maxLength={80} value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <label>
          <input type="checkbox" checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} /> {t('questions.shared')}
        </label>
        <button type="submit" class="main" disabled={!name.trim()}>
          {t(own ? 'questions.save_changes' : 'questions.save')}
        </button>
        {own && (
          <button type="button" disabled={!name.trim() || name.trim() === own.name} onClick={() => save('new')}>
            {t('questions.save_new')}
          </button>
        )}
        {own && (
          <button type="button" onClick={drop}>
            {t('questions.delete')}
          </button>
        )}
      </div>
      {gone && !own && (
        <p class="bar">
          {t('questions.deleted', { name: gone.name })}
          <button type="button" onClick={() => void post<Saved>('/questions', { name: gone.name, question: gone.question, shared: gone.shared }).then(kept, fail)}>
            {t('questions.undo')}
          </button>
        </p>
      )}
      {problem && <Failure problem={problem} />}
    </form>
  );
}
