/** A code typed by its name: proposals from the search, of some kinds only; a code or a ledger unit's id may be typed as it is. */
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { get, overtaken, type Schemas } from '../api/client';
import { debounced } from '../search/debounced';
import { Icon } from '../shell/Icon';
import { announce } from '../state/announce';
import { useAsked } from '../state/asked';
import { number, t } from '../texts';

type One = Schemas['FoundOne'];
const REST = 150;
const ASKED = 60;
const SHOWN = 10;

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
  const id = useId();
  const name = useName(value, kinds);
  const [text, setText] = useState<string | null>(null); // null: what is taken is shown
  const [found, setFound] = useState<One[]>([]);
  const [at, setAt] = useState(-1);
  const running = useRef<AbortController | null>(null);
  const ask = useMemo(
    () =>
      debounced((wanted: string) => {
        running.current?.abort();
        const ending = (running.current = new AbortController());
        get<Schemas['Found']>('/find', { text: wanted, limit: ASKED }, ending.signal).then(
          ({ results }) => {
            const some = results.filter((one) => kinds.includes(one.kind)).slice(0, SHOWN);
            setFound(some);
            setAt(some.length ? 0 : -1);
            announce(some.length ? t('search.found', { n: number(some.length) }) : t('search.none'));
          },
          (error: unknown) => {
            if (!overtaken(error)) setFound([]);
          },
        );
      }, REST),
    [kinds.join()],
  );
  useEffect(
    () => () => {
      ask.cancel();
      running.current?.abort();
    },
    [ask],
  );
  const over = () => {
    ask.cancel();
    running.current?.abort();
    setText(null);
    setFound([]);
    setAt(-1);
  };
  const choose = (code: string | undefined) => {
    over();
    if (code !== value) take(code);
  };
  const typed = (next: string) => {
    setText(next);
    if (next.trim()) ask(next.trim());
    else {
      ask.cancel();
      setFound([]);
    }
  };
  /** What was typed, without one having been chosen: by its name where that is one's, else as it is. */
  const settle = () => {
    if (text === null) return;
    const plain = text.trim();
    const [same] = found.filter((one) => one.name === plain || one.id === plain);
    choose(plain ? (same?.id ?? plain) : undefined);
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const one = found[at];
    if (step && found.length) {
      event.preventDefault();
      setAt((at + step + found.length) % found.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (one) choose(one.id);
      else settle();
    } else if (event.key === 'Escape' && text !== null) {
      event.preventDefault();
      over();
    }
  };
  const shown = found.length > 0;
  return (
    <span class="finder">
      <input
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && at >= 0 ? `${id}-${at}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        placeholder={hint}
        title={value}
        value={text ?? name ?? value ?? ''}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={press}
        onBlur={settle}
      />
      {value && text === null && (
        <button type="button" class="plain" aria-label={t('questions.clear', { name: label })} onClick={() => choose(undefined)}>
          ✕
        </button>
      )}
      <ul id={`${id}-list`} role="listbox" aria-label={t('questions.proposals')} hidden={!shown}>
        {found.map((one, k) => (
          <li
            key={`${one.kind}:${one.id}`}
            id={`${id}-${k}`}
            role="option"
            aria-selected={k === at}
            onPointerMove={() => setAt(k)}
            onPointerDown={(event) => {
              event.preventDefault(); // the field keeps the focus until one is taken
              choose(one.id);
            }}
          >
            <Icon kind={one.kind} />
            <span class="name">{one.name ?? one.id}</span>
            <span class="quiet">{one.id}</span>
          </li>
        ))}
      </ul>
    </span>
  );
}
