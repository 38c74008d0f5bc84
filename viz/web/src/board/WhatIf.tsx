/** What if: values that a person chose, each with its clause, to plan once more by. */
import type { Schemas } from '../api/client';
import { useAsked } from '../state/asked';
import { language, t } from '../texts';

const RANGES: readonly (readonly [string, number, number, number])[] = [
  ['radius', 100, 3000, 50],
  ['max_organizations', 2, 8, 1],
  ['max_members', 6, 100, 1],
  ['similar', 0, 1, 0.25],
  ['new_unit', 0, 2, 0.1],
];

/** Values from an address: those that are on a slider. */
export function values(text: string | undefined): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [name, value] of new URLSearchParams(text ?? '')) {
    const range = RANGES.find(([one]) => one === name);
    const number = Number(value);
    if (range && value !== '' && number >= range[1] && number <= range[2]) out[name] = number;
  }
  return out;
}

export function WhatIf({ set, put }: { set: Record<string, number>; put: (next: string) => void }) {
  const overview = useAsked<Schemas['Overview']>('/overview');
  const name = overview.is === 'answered' ? overview.answer.profile : null;
  const asked = useAsked<Schemas['Shown']>(name === null ? null : `/profile/show/${encodeURIComponent(name)}`);
  if (asked.is !== 'answered') return null;
  const { settings } = asked.answer;
  const turn = (key: string, value: number, own: unknown) => {
    const next: Record<string, string> = {};
    for (const [k, v] of Object.entries({ ...set, [key]: value })) if (k !== key || v !== own) next[k] = String(v);
    put(new URLSearchParams(next).toString());
  };
  return (
    <details class="whatif" open={Object.keys(set).length > 0}>
      <summary>{t('board.whatif')}</summary>
      <p class="quiet">{t('board.whatif.why')}</p>
      {RANGES.map(([key, least, most, step]) => {
        const setting = settings[key];
        const own: unknown = setting?.value;
        if (!setting || typeof own !== 'number') return null;
        const value = set[key] ?? own;
        const id = `whatif-${key}`;
        return (
          <div key={key} class="slider">
            <label for={id}>
              {setting.text[language.value]} <small>{setting.clause}</small>
            </label>
            <input id={id} type="range" min={least} max={most} step={step} value={value} onInput={(event) => turn(key, Number(event.currentTarget.value), own)} />
            <output for={id}>
              <strong>{value}</strong> {setting.unit === 'm' ? t('board.metres') : ''}
              {value !== own && <span class="quiet"> {t('board.whatif.own', { value: own })}</span>}
            </output>
          </div>
        );
      })}
      {Object.keys(set).length > 0 && (
        <button type="button" onClick={() => put('')}>
          {t('board.whatif.reset')}
        </button>
      )}
    </details>
  );
}
