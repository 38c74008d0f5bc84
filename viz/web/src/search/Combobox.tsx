/**
 * A field that proposes as one types (WAI-ARIA APG: editable combobox with list autocomplete): the one of the whole application, with
 * one behaviour of its keys ({@link deed}). What is typed, proposed and taken is its owner's.
 */
import type { ComponentChild, ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { deed } from './choosing';

export interface Choice {
  key: string;
  shown: ComponentChild;
  look?: string;
}
interface Props<C extends Choice> {
  id?: string;
  label: string;
  /** What the list is called. */
  list: string;
  hint: string;
  text: string;
  title?: string | undefined;
  choices: readonly C[];
  /** Whether they are proposed for what is typed now. */
  fresh: boolean;
  input?: RefObject<HTMLInputElement | null>;
  typed: (text: string) => void;
  take: (choice: C) => void;
  /** Enter where nothing is proposed, and leaving the field. */
  settle: (how: 'enter' | 'leave') => void;
  /** Escape where no list is shown; without it, Escape is left to what is around. */
  clear?: (() => void) | undefined;
  /** Below the list, while the field is in use. */
  children?: ComponentChildren;
}

export function Combobox<C extends Choice>({ id, label, list, hint, text, title, choices, fresh, input, typed, take, settle, clear, children }: Props<C>) {
  const own = useId();
  const name = id ?? own;
  const field = useRef<HTMLInputElement>(null);
  const options = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const waits = useRef(false);
  const one = Math.min(at, choices.length - 1);
  const shown = open && choices.length > 0;
  const chosen = (choice: C) => {
    setOpen(false);
    take(choice);
  };
  useEffect(() => {
    if (!fresh || !waits.current) return;
    waits.current = false;
    const [first] = choices;
    if (first) chosen(first);
    else settle('enter');
  }, [choices, fresh]);
  useEffect(() => {
    if (shown) options.current?.children[one]?.scrollIntoView({ block: 'nearest' });
  }, [shown, one]);

  const press = (event: KeyboardEvent) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return; // pinyin is being typed
    const what = deed(event.key, event.altKey, { open, many: choices.length, at: one, fresh });
    if (!what || (what.does === 'clear' && !clear)) return;
    event.preventDefault();
    if (what.does === 'point') setAt(what.at);
    else if (what.does === 'open') {
      setOpen(true);
      setAt(what.at);
    } else if (what.does === 'close') {
      event.stopPropagation(); // a dialogue around it stays
      setOpen(false);
    } else if (what.does === 'wait') waits.current = true;
    else if (what.does === 'clear') clear?.();
    else if (what.does === 'settle') {
      setOpen(false);
      settle('enter');
    } else {
      const choice = choices[what.at];
      if (choice) chosen(choice);
    }
  };
  const leave = () => {
    const element = field.current;
    // another window or tab, or the view going away with the field in it: what is typed is settled by nobody
    if (!element?.isConnected || document.activeElement === element) return;
    waits.current = false;
    setOpen(false);
    settle('leave');
  };
  return (
    <>
      <input
        ref={(element) => {
          field.current = element;
          if (input) input.current = element;
        }}
        id={name}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${name}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${name}-${one}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        placeholder={hint}
        title={title}
        value={text}
        onInput={(event) => {
          waits.current = false;
          setOpen(true);
          setAt(0);
          typed(event.currentTarget.value);
        }}
        onKeyDown={press}
        onClick={() => setOpen(true)}
        onBlur={leave}
      />
      <ul id={`${name}-list`} ref={options} role="listbox" aria-label={list} hidden={!shown}>
        {choices.map((choice, k) => (
          <li
            key={choice.key}
            id={`${name}-${k}`}
            class={choice.look}
            role="option"
            aria-selected={k === one}
            onPointerMove={() => setAt(k)}
            onPointerDown={(event) => event.preventDefault()} // the field keeps the focus until one is taken
            onClick={() => chosen(choice)}
          >
            {choice.shown}
          </li>
        ))}
      </ul>
      {open && children}
    </>
  );
}
