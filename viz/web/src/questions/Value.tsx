/** The value of a condition, as its property and its comparison want it. */
import { useId } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { useAsked } from '../state/asked';
import { language, t } from '../texts';
import { Finder } from './Finder';
import type { Condition, Scalar } from './draft';
import { useTyped } from './typed';
import { propertyName, type Property } from './vocabulary';

interface Props {
  kind: string;
  found: Property;
  said: Condition;
  put: (value: Condition['value']) => void;
}

export function Value({ kind, found, said, put }: Props) {
  const name = propertyName(found);
  const label = t('questions.value', { name });
  if (said.is === 'known' || said.is === 'unknown') return null;
  if (found.type === 'bool') {
    return (
      <select aria-label={label} value={said.value === false ? 'no' : 'yes'} onChange={(event) => put(event.currentTarget.value === 'yes')}>
        <option value="yes">{t('yes')}</option>
        <option value="no">{t('no')}</option>
      </select>
    );
  }
  if (said.is === 'between') {
    const [low = null, high = null] = Array.isArray(said.value) ? said.value : [];
    return (
      <>
        <Single found={found} label={t('questions.value_from', { name })} value={low} put={(value) => put([value, high])} />
        <span aria-hidden="true">–</span>
        <Single found={found} label={t('questions.value_to', { name })} value={high} put={(value) => put([low, value])} />
      </>
    );
  }
  if (said.is === 'in') return <Several found={found} label={label} value={Array.isArray(said.value) ? said.value : []} put={put} />;
  const value = Array.isArray(said.value) ? null : (said.value ?? null);
  const one = (next: Scalar | null) => put(next ?? undefined);
  if (said.is !== 'contains') {
    if (found.values.length) return <Choice found={found} label={label} value={value} put={one} />;
    if (found.leads.length) {
      return <Finder label={label} kinds={found.leads} hint={t('questions.find_hint')} value={typeof value === 'string' ? value : undefined} take={(code) => put(code)} />;
    }
    if (found.type === 'text') return <Completed kind={kind} found={found} label={label} value={value} put={one} />;
  }
  return <Single found={found} label={label} value={value} put={one} />;
}

interface One {
  found: Property;
  label: string;
  value: Scalar | null;
  put: (value: Scalar | null) => void;
}

/** A number, a date or a text. */
function Single({ found, label, value, put }: One) {
  const numeric = found.type === 'int' || found.type === 'float';
  const read = (text: string): Scalar | null => {
    if (!numeric) return text === '' ? null : text;
    return text.trim() === '' || Number.isNaN(Number(text)) ? null : Number(text);
  };
  const written = (held: Scalar | null) => (held === null ? '' : String(held));
  const all = { 'aria-label': label, ...useTyped(value, { read, written }, put) };
  if (numeric) return <input class="short" type="number" step={found.type === 'int' ? 1 : 'any'} {...all} />;
  if (found.type === 'date') return <input type="date" {...all} />;
  return <input type="text" maxLength={200} {...all} />;
}

/** One of few. */
function Choice({ found, label, value, put }: One) {
  return (
    <select aria-label={label} value={value === null ? '' : String(value)} onChange={(event) => put(event.currentTarget.value || null)}>
      <option value="">{t('questions.choose')}</option>
      {found.values.map((one) => (
        <option key={one.value} value={one.value}>
          {one[language.value]}
        </option>
      ))}
    </select>
  );
}

/** A text, with those that the city has most often. */
function Completed({ kind, found, label, value, put }: One & { kind: string }) {
  const id = useId();
  const asked = useAsked<Schemas['QuestionValues']>('/question/values', { kind, property: found.name });
  return (
    <>
      <input type="text" aria-label={label} list={id} maxLength={200} value={value === null ? '' : String(value)} onInput={(event) => put(event.currentTarget.value || null)} />
      <datalist id={id}>{asked.is === 'answered' && asked.answer.values.map((one) => <option key={one.value} value={one.value} />)}</datalist>
    </>
  );
}

/** Several of few by buttons, else with commas between. */
function Several({ found, label, value, put }: { found: Property; label: string; value: (Scalar | null)[]; put: (value: (Scalar | null)[]) => void }) {
  const numeric = found.type === 'int' || found.type === 'float';
  const read = (text: string) => {
    const parts = text.split(/[,，、;；]+/).map((part) => part.trim()).filter(Boolean);
    return numeric ? parts.map((part) => (Number.isNaN(Number(part)) ? null : Number(part))) : parts;
  };
  const typed = useTyped<(Scalar | null)[]>(value, { read, written: (held) => held.map(String).join('、') }, put);
  if (found.values.length) {
    return (
      <span class="several" role="group" aria-label={label}>
        {found.values.map((one) => {
          const taken = value.includes(one.value);
          return (
            <button key={one.value} type="button" aria-pressed={taken} onClick={() => put(taken ? value.filter((v) => v !== one.value) : [...value, one.value])}>
              {one[language.value]}
            </button>
          );
        })}
      </span>
    );
  }
  return <input type="text" aria-label={label} placeholder={t('questions.several')} {...typed} />;
}
