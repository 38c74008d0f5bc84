/** Logging in: the session's cookie is the browser's, which this page can't read; what it proves is that the page is ours. */
import { useState } from 'preact/hooks';
import type { Problem } from '../api/client';
import { Failure } from '../shell/Failure';
import { enter } from '../state/account';
import { problemOf } from '../state/asked';
import { t } from '../texts';

export function Login() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem(null);
    try {
      await enter(given.get('name') as string, given.get('password') as string);
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <form class="card login" onSubmit={(event) => void submit(event)}>
      <h1>{t('login.title')}</h1>
      <p>{t('login.why')}</p>
      <label>
        {t('login.name')}
        <input name="name" autocomplete="username" required maxLength={200} />
      </label>
      <label>
        {t('login.password')}
        <input name="password" type="password" autocomplete="current-password" required />
      </label>
      {problem && <Failure problem={problem} />}
      <button class="main" type="submit" disabled={busy}>
        {t('login.enter')}
      </button>
    </form>
  );
}
