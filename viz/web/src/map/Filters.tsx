/** What is shown: kinds and values, each with how many have it; those in force stand above the picture and go with a click. */
import type { Schemas } from '../api/client';
import { language, number, t } from '../texts';
import { COLOURS, filtered, toggled, type Kind, type Question } from './question';
import { valuesOf } from './saying';

interface Props {
  view: Schemas['CityView'];
  question: Question;
  ask: (next: Question) => void;
}

export function Filters({ view, question, ask }: Props) {
  const lang = language.value;
  return (
    <section class="filters" aria-label={t('map.filter')}>
      <h2>{t('map.filter')}</h2>
      <label>
        {t('map.kind')}
        <select
          value={question.kind ?? ''}
          onChange={(event) => ask({ ...question, kind: (event.currentTarget.value || null) as Kind | null, box: null })}
        >
          {(['', 'organization', 'unit'] as const).map((kind) => (
            <option key={kind} value={kind}>
              {t(`map.kind.${kind || 'both'}`)}
            </option>
          ))}
        </select>
      </label>
      {COLOURS.filter((name) => valuesOf(view, name).length > 0).map((name) => (
        <details key={name} open={(question.wanted[name]?.length ?? 0) > 0}>
          <summary>
            {t(`map.colour.${name}`)} <span class="quiet">{question.wanted[name]?.length ?? ''}</span>
          </summary>
          <ul>
            {valuesOf(view, name).map(({ id, label, number: n }) => (
              <li key={id}>
                <label>
                  <input
                    type="checkbox"
                    checked={question.wanted[name]?.includes(id ?? '') ?? false}
                    onChange={() => ask({ ...question, wanted: toggled(question.wanted, name, id ?? ''), box: null })}
                  />
                  {label[lang]} <span class="quiet">{number(n)}</span>
                </label>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}

/** The filters in force. */
export function Chips({ view, question, ask }: Props) {
  if (!filtered(question)) return null;
  const lang = language.value;
  const chip = (key: string, text: string, next: Question) => (
    <li key={key}>
      <button type="button" aria-label={t('map.filter.remove', { value: text })} onClick={() => ask(next)}>
        {text} <span aria-hidden="true">×</span>
      </button>
    </li>
  );
  return (
    <ul class="chips" aria-label={t('map.filter.on')}>
      {question.kind && chip('kind', t(`map.kind.${question.kind}`), { ...question, kind: null })}
      {COLOURS.flatMap((name) =>
        (question.wanted[name] ?? []).map((value) => {
          const label = valuesOf(view, name).find(({ id }) => id === value)?.label[lang] ?? value;
          return chip(`${name}:${value}`, name === 'community' ? t('together.community', { name: label }) : label, { ...question, wanted: toggled(question.wanted, name, value) });
        }),
      )}
      <li>
        <button type="button" onClick={() => ask({ ...question, kind: null, wanted: {} })}>
          {t('map.filter.clear')}
        </button>
      </li>
    </ul>
  );
}
