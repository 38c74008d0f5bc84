/** The question as a form that reads as a sentence. */
import { useState } from 'preact/hooks';
import { Act } from '../shell/Act';
import { Icon } from '../shell/Icon';
import { kindName, t } from '../texts';
import { Conditions, PropertyOptions } from './Conditions';
import { Finder } from './Finder';
import { blank, conditions, steps, type Draft } from './draft';
import { askedKinds, most, property, propertyName } from './vocabulary';

const PLACES: readonly string[] = ['division'];

export function Builder({ draft, put }: { draft: Draft; put: (draft: Draft) => void }) {
  const room = { conditions: most.conditions - conditions(draft), steps: most.steps - steps(draft) };
  const without = (name: 'in' | 'as_of' | 'order'): Draft => Object.fromEntries(Object.entries(draft).filter(([key]) => key !== name)) as unknown as Draft;
  const order = draft.order;
  const [chosen, setChosen] = useState(''); // a further property, until it is added
  return (
    <form class="builder" aria-label={t('questions.title')} onSubmit={(event) => event.preventDefault()}>
      <div class="clause">
        <label for="asked-kind">{t('questions.find')}</label>
        <Icon kind={draft.kind} />
        <select
          id="asked-kind"
          aria-label={t('questions.kind')}
          value={draft.kind}
          onChange={(event) => put({ ...blank(event.currentTarget.value), ...(draft.in && { in: draft.in }), ...(draft.as_of && { as_of: draft.as_of }) })}
        >
          {askedKinds.map((kind) => (
            <option key={kind} value={kind}>
              {kindName(kind)}
            </option>
          ))}
        </select>
        {draft.kind !== 'association' && (
          <>
            <span class="word">{t('questions.place')}</span>
            <Finder
              label={t('questions.place_label')}
              kinds={PLACES}
              hint={t('questions.place_hint')}
              value={draft.in}
              take={(code) => put(code === undefined ? without('in') : { ...draft, in: code })}
            />
          </>
        )}
      </div>
      <p class="word">{t('questions.where')}</p>
      <Conditions part={draft} room={room} put={(next) => put({ ...draft, ...next })} />
      <details open={order !== undefined || draft.show.length > 0 || draft.as_of !== undefined}>
        <summary>{t('questions.more_options')}</summary>
        <div class="clause">
          <label for="asked-order">{t('questions.order')}</label>
          <select
            id="asked-order"
            value={order?.by ?? 'key'}
            onChange={(event) => {
              const by = event.currentTarget.value;
              put(by === 'key' ? without('order') : { ...draft, order: { by, descending: order?.descending ?? false } });
            }}
          >
            <PropertyOptions kind={draft.kind} but={(one) => one.type === 'list'} />
          </select>
          {order && (
            <select
              aria-label={t('questions.direction')}
              value={order.descending ? 'down' : 'up'}
              onChange={(event) => put({ ...draft, order: { by: order.by, descending: event.currentTarget.value === 'down' } })}
            >
              <option value="up">{t('questions.ascending')}</option>
              <option value="down">{t('questions.descending')}</option>
            </select>
          )}
        </div>
        <div class="clause">
          <span>{t('questions.show')}</span>
          {draft.show.map((name) => {
            const found = property(draft.kind, name);
            const called = found ? propertyName(found) : name;
            return (
              <button key={name} type="button" class="chip" aria-label={t('questions.show_remove', { name: called })} onClick={() => put({ ...draft, show: draft.show.filter((one) => one !== name) })}>
                {called} <span aria-hidden="true">✕</span>
              </button>
            );
          })}
          <select aria-label={t('questions.show_add')} value={chosen} disabled={draft.show.length >= most.shown} onChange={(event) => setChosen(event.currentTarget.value)}>
            <option value="">{t('questions.choose')}</option>
            <PropertyOptions kind={draft.kind} but={(one) => one.name === 'key' || one.name === 'name' || draft.show.includes(one.name)} />
          </select>
          <Act
            off={!chosen}
            act={() => {
              put({ ...draft, show: [...draft.show, chosen] });
              setChosen('');
            }}
          >
            {t('questions.show_this')}
          </Act>
        </div>
        <div class="clause">
          <label for="asked-date">{t('questions.date')}</label>
          <input id="asked-date" type="date" value={draft.as_of ?? ''} onInput={(event) => put(event.currentTarget.value ? { ...draft, as_of: event.currentTarget.value } : without('as_of'))} />
        </div>
      </details>
    </form>
  );
}
