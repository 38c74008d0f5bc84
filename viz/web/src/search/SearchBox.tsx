/**
 * One search box as one types: a combobox with a list (ARIA APG), the former question ended by the next. Entities come first, then
 * saved questions by their names; whichever of the two is answered first is shown at once.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, overtaken, type Schemas } from '../api/client';
import { Icon } from '../shell/Icon';
import { announce } from '../state/announce';
import { go, opened, page, view } from '../state/address';
import { kindName, number, t } from '../texts';
import { debounced } from './debounced';

type One = Schemas['FoundOne'];
type Saved = Schemas['SavedQuestion'];
/** Milliseconds without a key after which is asked. */
const REST = 120;
const SHOWN = 20;
const SAVED = 5;

export function SearchBox() {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Schemas['Found'] | null>(null);
  const [saved, setSaved] = useState<{ text: string; some: readonly Saved[] }>({ text: '', some: [] });
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const running = useRef<AbortController | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);

  const ask = useMemo(
    () =>
      debounced((wanted: string) => {
        running.current?.abort();
        const ending = (running.current = new AbortController());
        get<Schemas['Found']>('/find', { text: wanted, limit: SHOWN }, ending.signal).then(
          (answer) => {
            setFound(answer);
            setAt(0);
            setOpen(true);
            const n = number(answer.results.length);
            announce(answer.results.length ? t(answer.more ? 'search.more' : 'search.found', { n }) : t('search.none'));
          },
          (error: unknown) => {
            if (!overtaken(error)) setFound(null);
          },
        );
        get<Schemas['SavedQuestions']>('/questions', { text: wanted, limit: SAVED }, ending.signal).then(
          (answer) => setSaved({ text: wanted, some: answer.questions }),
          (error: unknown) => {
            if (!overtaken(error)) setSaved({ text: wanted, some: [] }); // entities are found all the same
          },
        );
      }, REST),
    [],
  );
  useEffect(() => () => ask.cancel(), [ask]);
  useEffect(() => {
    const away = (event: Event) => {
      if (!(event.target instanceof Node) || !box.current?.contains(event.target)) setOpen(false);
    };
    addEventListener('pointerdown', away);
    addEventListener('focusin', away);
    return () => {
      removeEventListener('pointerdown', away);
      removeEventListener('focusin', away);
    };
  }, []);

  const typed = (wanted: string) => {
    setText(wanted);
    if (wanted.trim()) ask(wanted.trim());
    else {
      ask.cancel();
      running.current?.abort();
      setFound(null);
      setOpen(false);
    }
  };
  const take = (one: One | Saved) => {
    ask.cancel(); // what was still asked for would open the list over the page that opens
    running.current?.abort();
    setOpen(false);
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
  const entities = found?.results ?? [];
  const questions = saved.text === found?.text ? saved.some : [];
  const results: readonly (One | Saved)[] = [...entities, ...questions];
  const press = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.isComposing) return; // pinyin is being typed
    if (step) {
      event.preventDefault();
      if (!open && found) setOpen(true);
      else if (results.length) setAt((at + step + results.length) % results.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const one = results[at];
      if (open && one && found?.text === text.trim()) take(one);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (open) setOpen(false);
      else {
        typed('');
        input.current?.blur();
      }
    }
  };
  const shown = open && found !== null;
  return (
    <div class="search" role="search" ref={box}>
      <input
        ref={input}
        id="search"
        type="text"
        role="combobox"
        aria-label={t('search.label')}
        aria-expanded={shown}
        aria-controls="search-results"
        aria-autocomplete="list"
        aria-activedescendant={shown && results[at] ? `result-${at}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        placeholder={t('search.hint')}
        value={text}
        onInput={(event) => typed(event.currentTarget.value)}
        onKeyDown={press}
        onFocus={() => found && setOpen(true)}
      />
      <ul id="search-results" role="listbox" aria-label={t('search.results')} hidden={!shown || results.length === 0}>
        {entities.map((one, k) => (
          <li
            key={`${one.kind}:${one.id}`}
            id={`result-${k}`}
            role="option"
            aria-selected={k === at}
            onPointerMove={() => setAt(k)}
            onClick={() => take(one)}
          >
            <Icon kind={one.kind} />
            <span class="name">{one.name ?? one.id}</span>
            <span class="quiet">
              {one.type ?? kindName(one.kind)} · {one.id}
              {one.merged_into !== null && ` · ${t('search.merged', { code: one.merged_into })}`}
            </span>
          </li>
        ))}
        {questions.map((one, n) => {
          const k = entities.length + n;
          return (
            <li
              key={`question:${one.id}`}
              id={`result-${k}`}
              class="saved"
              role="option"
              aria-selected={k === at}
              onPointerMove={() => setAt(k)}
              onClick={() => take(one)}
            >
              <span class="icon" aria-hidden="true">
                ?
              </span>
              <span class="name">{one.name}</span>
              <span class="quiet">{t('questions.search_kind')}</span>
            </li>
          );
        })}
      </ul>
      {shown && results.length === 0 && <p class="none">{t('search.none')}</p>}
      {shown && found.more && <p class="none more">{t('search.more', { n: number(entities.length) })}</p>}
    </div>
  );
}
