/** What is done about findings, one or many with one note, and what of it failed. */
import { useState } from 'preact/hooks';
import { post, Refused } from '../api/client';
import { announce } from '../state/announce';
import { Recording, type Field } from '../recording/Recording';
import { spokenInBoth } from '../shell/worded';
import { problemOf } from '../state/asked';
import { inBoth, language, number, t } from '../texts';
import { handleAll, type Action, type Answer, type Outcome, type Wish } from './bulk';
import type { Done } from './list';

export const ACTIONS: readonly Action[] = ['confirm', 'dismiss', 'repair', 'reopen'];

const FIELDS: Record<Action, readonly Field[]> = {
  confirm: [
    { name: 'note', label: 'desk.note', kind: 'text' },
    { name: 'office', label: 'desk.office', kind: 'line' },
    { name: 'due', label: 'desk.due', kind: 'date' },
  ],
  dismiss: [{ name: 'note', label: 'desk.note', kind: 'text', required: true }],
  repair: [{ name: 'note', label: 'desk.note', kind: 'text' }],
  reopen: [{ name: 'note', label: 'desk.note', kind: 'text' }],
};

export interface Wanted {
  action: Action;
  ids: readonly string[];
}

export function Handle({ wanted, done, close }: { wanted: Wanted; done: (done: readonly Done[], failed: Outcome['failed']) => void; close: () => void }) {
  const [progress, setProgress] = useState<{ over: number; of: number } | null>(null);
  const { action, ids } = wanted;
  const send = async (given: Record<string, string>) => {
    if (ids.length > 1) setProgress({ over: 0, of: ids.length });
    const wish: Wish = { action, ...given };
    const found = await handleAll(
      ids,
      wish,
      (body) => post<Answer>('/findings/handle', body),
      (over) => setProgress({ over, of: ids.length }),
      (error) => spokenInBoth(problemOf(error)),
    );
    setProgress(null);
    done(found.done, found.failed);
    const [first] = found.failed;
    if (!found.done.length && first) {
      const both = inBoth((text, lang) => ({ title: text('desk.none_recorded'), detail: first[lang] }));
      throw new Refused({ code: 'refused', status: 400, title: '', detail: '', both });
    }
    announce(t(found.failed.length ? 'desk.recorded_some' : 'desk.recorded', { n: number(found.done.length), failed: number(found.failed.length) }));
  };
  return (
    <Recording
      title={t(`desk.ask.${action}`, { n: number(ids.length) })}
      {...(ids.length === 1 ? { says: ids[0] ?? '' } : {})}
      fields={FIELDS[action]}
      act={t(`desk.${action}`)}
      send={send}
      close={close}
      problemOf={problemOf}
      progress={progress}
    />
  );
}

/** The ones of which nothing was recorded, and why. */
export function NotRecorded({ failed, clear }: { failed: Outcome['failed']; clear: () => void }) {
  if (!failed.length) return null;
  return (
    <div class="failure" role="alert">
      <strong>{t('desk.not_recorded', { n: number(failed.length) })}</strong>
      <ul>
        {failed.slice(0, 20).map((one) => (
          <li key={one.id}>{one[language.value]}</li>
        ))}
      </ul>
      {failed.length > 20 && <p>{t('desk.and_more', { n: number(failed.length - 20) })}</p>}
      <button type="button" onClick={clear}>
        {t('keys.close')}
      </button>
    </div>
  );
}
