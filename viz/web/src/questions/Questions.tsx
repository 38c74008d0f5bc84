/** The question builder: whom does it fit, counted while one builds. The address holds the question, so that it can be sent. */
import { useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Copy } from '../shell/Copy';
import { Failure } from '../shell/Failure';
import type { PageProps } from '../shell/pages';
import { maySurvey } from '../state/account';
import { go, page } from '../state/address';
import { useAsked } from '../state/asked';
import { t } from '../texts';
import { useAnswer } from './answering';
import { Builder } from './Builder';
import { asked, blank, draftOf, lacking, read, written, type Draft } from './draft';
import { useName } from './Finder';
import { Export, Results, Tally } from './Results';
import { Saving, type Saved } from './Saving';
import { sentence } from './sentence';
import { Start } from './Start';
import './questions.css';

const PLACES: readonly string[] = ['division'];

export function Questions({ me, view }: PageProps) {
  const { id, q } = view.held;
  const [turn, setTurn] = useState(0);
  const [listed, setListed] = useState(0);
  const opened = useAsked<Saved>(id ? `/questions/${encodeURIComponent(id)}` : null, {}, listed);
  const all = useAsked<Schemas['SavedQuestions']>('/questions', {}, listed);
  const saved = id && opened.is === 'answered' && opened.answer.id === id ? opened.answer : null;
  const waiting = id !== undefined && q === undefined && saved === null;
  const draft: Draft = read(q) ?? (saved && draftOf(saved.question)) ?? blank();

  const put = (next: Draft) => go(page('questions', { ...(id && { id }), q: written(next) }), 'instead');
  const body = asked(draft);
  const text = waiting ? null : JSON.stringify(body);
  const asking = useAnswer(text, turn);
  const place = useName(draft.in, PLACES);
  const open = lacking(draft);

  const done = (made: Saved | null) => {
    setListed(listed + 1);
    go(page('questions', made ? { id: made.id } : { q: written(draft) }), 'instead');
  };
  // the whole question, for whoever does not see what is saved here
  const link = () => {
    const whole = new URL(location.href);
    whole.hash = new URL(`#/questions?${new URLSearchParams({ q: written(draft) }).toString()}`, whole).hash;
    return whole.href;
  };
  return (
    <div class="questions">
      <div class="asked">
        <div class="bar top">
          <h1>{saved?.name ?? t('questions.title')}</h1>
          {text !== null && <Tally asking={asking} />}
          <Copy class="first" text={link} done="questions.link_copied" not="questions.link_not_copied">
            {t('questions.share')}
          </Copy>
          {text !== null && maySurvey(me) && asking.answer && asking.answer.count > 0 && <Export text={text} count={asking.answer.count} />}
        </div>
        {id && opened.is === 'failed' && <Failure problem={opened.problem} />}
        <Builder draft={draft} put={put} />
        <p class="sentence" aria-label={t('questions.sentence')} role="note">
          {sentence(draft, place)}
        </p>
        {open > 0 && <p class="warning">{t('questions.lacking', { n: open })}</p>}
        <Saving saved={saved} question={body} done={done} />
        {text !== null && <Results asking={asking} further={asking.further} again={() => setTurn(turn + 1)} />}
      </div>
      <Start saved={all} here={id} me={me} />
    </div>
  );
}
