/** A field for what is held as something else than text: it shows what one types as long as that means what is held. */
import { useState } from 'preact/hooks';

export interface Meaning<T> {
  read: (text: string) => T;
  written: (held: T) => string;
}

/** The text of a field: "114.30" on the way to 114.305 means 114.3 and stays; once something else is held, that is written. */
export function shown<T>(typed: string | null, held: T, { read, written }: Meaning<T>): string {
  return typed !== null && JSON.stringify(read(typed)) === JSON.stringify(held) ? typed : written(held);
}

export function useTyped<T>(held: T, meaning: Meaning<T>, put: (held: T) => void): { value: string; onInput: (event: { currentTarget: { value: string } }) => void } {
  const [typed, type] = useState<string | null>(null);
  return {
    value: shown(typed, held, meaning),
    onInput: ({ currentTarget: { value } }) => {
      type(value);
      put(meaning.read(value));
    },
  };
}
