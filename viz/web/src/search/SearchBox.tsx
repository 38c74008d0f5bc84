/**
 * One search box as one types. Entities come first, then saved questions by their names; whichever of the two is answered first is
 * shown at once.
 */
import { useMemo, useRef, useState } from 'preact/hooks';
import { get, overtaken, type Problem, type Schemas } from '../api/client';
import { Icon } from '../shell/Icon';
import { spoken } from '../shell/worded';
import { announce } from '../state/announce';
import { go, opened, page, view } from '../state/address';
import { problemOf } from '../state/asked';
import { kindName, language, number, t } from '../texts';
import { useTyping } from './asking';
import { Combobox, type Choice } from './Combobox';

type One = Schemas['FoundOne'];
type Saved = Schemas['SavedQuestion'];
interface Result extends Choice {
  of: One | Saved;
}
/** Milliseconds without a key after which is asked. */
const REST = 120;
const SHOWN = 20;
const SAVED = 5;
const NONE: readonly Saved[] = [];

export function SearchBox() {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Schemas['Found'] | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  const [saved, setSaved] = useState<{ text: string; some: readonly Saved[] }>({ text: '', some: NONE });
  const input = useRef<HTMLInputElement>(null);
  const typing = useTyping(REST, (wanted, signal) => {
    get<Schemas['Found']>('/find', { text: wanted, limit: SHOWN }, signal).then(
      (answer) => {
        setFound({ ...answer, text: wanted });
        setFailed(null);
        const n = number(answer.results.length);
        announce(answer.results.length ? t(answer.more ? 'search.more' : 'search.found', { n }) : t('search.none'));
      },
      (error: unknown) => {
        if (overtaken(error)) return;
        // answered all the same: who pressed Enter waits for nothing more
        setFound({ text: wanted, as_of: '', results: [], more: false });
        const problem = problemOf(error);
        setFailed(problem);
        announce(spoken(problem));
      },
    );
    get<Schemas['SavedQuestions']>('/questions', { text: wanted, limit: SAVED }, signal).then(
      (answer) => setSaved({ text: wanted, some: answer.questions }),
      (error: unknown) => {
        if (!overtaken(error)) setSaved({ text: wanted, some: NONE }); // entities are found all the same
      },
    );
  });
  const typed = (wanted: string) => {
    setText(wanted);
    if (wanted.trim()) typing.ask(wanted.trim());
    else {
      typing.cancel();
      setFound(null);
      setFailed(null);
    }
  };
  const take = ({ of: one }: Result) => {
    typing.cancel(); // what was still asked for would open the list over the page that opens
    if ('question' in one) {
      go(page('questions', { id: one.id }));
      return;
    }
    const id = one.merged_into ?? one.id;
    // on the board, what is found is put on it
    go(view.value.name === 'explore' ? page('explore', { with: `${one.kind}:${id}` }) : opened(one.kind, id));
    input.current?.blur();
    document.getElementById('main')?.focus();
  };
  const questions = saved.text === found?.text ? saved.some : NONE;
  const lang = language.value;
  const choices = useMemo<Result[]>(
    () => [
      ...(found?.results ?? []).map((one) => ({ key: `${one.kind}:${one.id}`, of: one, shown: <Entity one={one} /> })),
      ...questions.map((one) => ({ key: `question:${one.id}`, of: one, look: 'saved', shown: <Question name={one.name} /> })),
    ],
    [found, questions, lang],
  );
  return (
    <div class="search" role="search">
      <Combobox
        id="search"
        input={input}
        label={t('search.label')}
        list={t('search.results')}
        hint={t('search.hint')}
        text={text}
        choices={choices}
        fresh={text.trim() === (found?.text ?? '')}
        typed={typed}
        take={take}
        settle={() => undefined}
        clear={() => {
          typed('');
          input.current?.blur();
        }}
      >
        {failed !== null && <p class="none failed">{spoken(failed)}</p>}
        {found && failed === null && choices.length === 0 && <p class="none">{t('search.none')}</p>}
        {found?.more && <p class="none more">{t('search.more', { n: number(found.results.length) })}</p>}
      </Combobox>
    </div>
  );
}

function Entity({ one }: { one: One }) {
  return (
    <>
      <Icon kind={one.kind} />
      <span class="name">{one.name ?? one.id}</span>
      <span class="quiet">
        {one.type ?? kindName(one.kind)} · {one.id}
        {one.merged_into !== null && ` · ${t('search.merged', { code: one.merged_into })}`}
      </span>
    </>
  );
}

function Question({ name }: { name: string }) {
  return (
    <>
      <span class="icon" aria-hidden="true">
        ?
      </span>
      <span class="name">{name}</span>
      <span class="quiet">{t('questions.search_kind')}</span>
    </>
  );
}
