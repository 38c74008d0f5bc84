/** One search box as one types: a combobox with a list (ARIA APG), the former question ended by the next. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, overtaken, type Schemas } from '../api/client';
import { Icon } from '../shell/Icon';
import { announce } from '../state/announce';
import { go, opened, page, view } from '../state/address';
import { kindName, number, t } from '../texts';
import { debounced } from './debounced';

type One = Schemas['FoundOne'];
/** Milliseconds without a key after which is asked. */
const REST = 120;
const SHOWN = 20;

export function SearchBox() {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Schemas['Found'] | null>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
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
            setAt(answer.results.length ? 0 : -1);
            setOpen(true);
            const n = number(answer.results.length);
            announce(answer.results.length ? t(answer.more ? 'search.more' : 'search.found', { n }) : t('search.none'));
          },
          (error: unknown) => {
            if (!overtaken(error)) setFound(null);
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
    return () => removeEventListener('pointerdown', away);
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
  const take = (one: One) => {
    setOpen(false);
    const id = one.merged_into ?? one.id;
    // on the board, what is found is put on it
    go(view.value.name === 'explore' ? page('explore', { with: `${one.kind}:${id}` }) : opened(one.kind, id));
    input.current?.blur();
    document.getElementById('main')?.focus();
  };
  const results = found?.results ?? [];
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
        aria-activedescendant={shown && at >= 0 ? `result-${at}` : undefined}
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
        {results.map((one, k) => (
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
      </ul>
      {shown && results.length === 0 && <p class="none">{t('search.none')}</p>}
      {shown && found.more && <p class="none more">{t('search.more', { n: number(results.length) })}</p>}
    </div>
  );
}
