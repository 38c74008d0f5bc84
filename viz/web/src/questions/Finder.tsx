/** A code typed by its name: proposals from the search, of some kinds only; a code or a ledger unit's id may be typed as it is. */
import { useMemo, useState } from 'preact/hooks';
import { get, overtaken, type Problem, type Schemas } from '../api/client';
import { useTyping } from '../search/asking';
import { Combobox, type Choice } from '../search/Combobox';
import { Icon } from '../shell/Icon';
import { spoken } from '../shell/worded';
import { announce } from '../state/announce';
import { problemOf, useAsked } from '../state/asked';
import { number, t } from '../texts';

type One = Schemas['FoundOne'];
interface Result extends Choice {
  id: string;
}
const REST = 150;
const ASKED = 60;
const SHOWN = 10;
const NONE = { text: '', some: [] as One[] };

/** What a code is called; nothing while it is not known. */
export function useName(code: string | undefined, kinds: readonly string[]): string | undefined {
  const asked = useAsked<Schemas['Found']>(code ? '/find' : null, { text: code, limit: SHOWN });
  if (!code || asked.is !== 'answered') return undefined;
  return asked.answer.results.find((one) => one.id === code && kinds.includes(one.kind))?.name ?? undefined;
}

interface Props {
  label: string;
  kinds: readonly string[];
  value: string | undefined;
  hint: string;
  take: (code: string | undefined) => void;
}

export function Finder({ label, kinds, value, hint, take }: Props) {
  const name = useName(value, kinds);
  const [text, setText] = useState<string | null>(null); // null: what is taken is shown
  const [found, setFound] = useState(NONE);
  const [failed, setFailed] = useState<Problem | null>(null);
  const typing = useTyping(REST, (wanted, signal) => {
    get<Schemas['Found']>('/find', { text: wanted, limit: ASKED }, signal).then(
      ({ results }) => {
        const some = results.filter((one) => kinds.includes(one.kind)).slice(0, SHOWN);
        setFound({ text: wanted, some });
        setFailed(null);
        announce(some.length ? t('search.found', { n: number(some.length) }) : t('search.none'));
      },
      (error: unknown) => {
        if (overtaken(error)) return;
        setFound({ text: wanted, some: [] });
        const problem = problemOf(error);
        setFailed(problem);
        announce(spoken(problem));
      },
    );
  });
  const over = () => {
    typing.cancel();
    setText(null);
    setFound(NONE);
    setFailed(null);
  };
  const choose = (code: string | undefined) => {
    over();
    if (code !== value) take(code);
  };
  const typed = (next: string) => {
    setText(next);
    if (next.trim()) typing.ask(next.trim());
    else {
      typing.cancel();
      setFound(NONE);
    }
  };
  /** What was typed, without one having been chosen: by its name where that is one's, else as it is. */
  const settle = () => {
    if (text === null) return;
    const plain = text.trim();
    const same = found.some.find((one) => one.name === plain || one.id === plain);
    choose(plain ? (same?.id ?? plain) : undefined);
  };
  const choices = useMemo<Result[]>(() => found.some.map((one) => ({ key: `${one.kind}:${one.id}`, id: one.id, shown: <Proposed one={one} /> })), [found]);
  return (
    <span class="finder">
      <Combobox
        label={label}
        list={t('questions.proposals')}
        hint={hint}
        text={text ?? name ?? value ?? ''}
        title={value}
        choices={choices}
        fresh={text === null || text.trim() === found.text}
        typed={typed}
        take={({ id }) => choose(id)}
        settle={settle}
        clear={text === null ? undefined : over}
      >
        {failed !== null && <p class="none">{spoken(failed)}</p>}
      </Combobox>
      {value && text === null && (
        <button type="button" class="plain" aria-label={t('questions.clear', { name: label })} onClick={() => choose(undefined)}>
          ✕
        </button>
      )}
    </span>
  );
}

function Proposed({ one }: { one: One }) {
  return (
    <>
      <Icon kind={one.kind} />
      <span class="name">{one.name ?? one.id}</span>
      <span class="quiet">{one.id}</span>
    </>
  );
}
