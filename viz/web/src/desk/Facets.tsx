/** What narrows the list, with how many each choice would leave; what is chosen stays in sight though nothing is left of it. */
import { useState } from 'preact/hooks';
import { Act } from '../shell/Act';
import { language, number, t } from '../texts';
import { Grave, Stand } from './Badge';
import { filters as opening, narrowing, toggled, type Filters } from './held';
import type { Page } from './list';

const FEW = 10;
type Facet = Page['facets']['code'];

interface Props {
  facets: Page['facets'] | null;
  chosen: Filters;
  choose: (next: Filters) => void;
}

export function Facets({ facets, chosen, choose }: Props) {
  const [all, setAll] = useState(false);
  const named = (value: { value: string; title: { zh: string; en: string } | null }) => value.title?.[language.value] ?? (value.value === 'none' ? t('desk.nowhere') : value.value);
  const codes = withChosen(facets?.code ?? [], chosen.code);
  const shown = all ? codes : codes.filter(({ value }, k) => k < FEW || chosen.code.includes(value));
  return (
    <aside class="facets" aria-label={t('desk.facets')}>
      <div class="bar">
        <h2>{t('desk.facets')}</h2>
        <Act off={!narrowing(chosen)} act={() => choose(opening({}))}>
          {t('desk.clear')}
        </Act>
      </div>
      <Box legend={t('desk.facet.state')}>
        {(facets?.state ?? []).map((one) => (
          <Check key={one.value} n={one.n} on={chosen.state.includes(one.value)} set={() => choose({ ...chosen, state: toggled(chosen.state, one.value) })}>
            <Stand state={one.value} />
          </Check>
        ))}
      </Box>
      <Box legend={t('desk.facet.severity')}>
        {(facets?.severity ?? []).map((one) => (
          <Check key={one.value} n={one.n} on={chosen.severity.includes(one.value)} set={() => choose({ ...chosen, severity: toggled(chosen.severity, one.value) })}>
            <Grave severity={one.value} />
          </Check>
        ))}
      </Box>
      <Box legend={t('desk.facet.place')}>
        <select
          aria-label={t('desk.facet.district')}
          value={chosen.district ?? ''}
          onChange={(event) => choose({ ...chosen, district: event.currentTarget.value || null, street: null })}
        >
          <option value="">{t('desk.everywhere')}</option>
          {withChosen(facets?.district ?? [], chosen.district ? [chosen.district] : []).map((one) => (
            <option key={one.value} value={one.value}>
              {named(one)} ({number(one.n)})
            </option>
          ))}
        </select>
        {chosen.district && chosen.district !== 'none' && (
          <select aria-label={t('desk.facet.street')} value={chosen.street ?? ''} onChange={(event) => choose({ ...chosen, street: event.currentTarget.value || null })}>
            <option value="">{t('desk.all_streets')}</option>
            {withChosen(facets?.street ?? [], chosen.street ? [chosen.street] : []).map((one) => (
              <option key={one.value} value={one.value}>
                {named(one)} ({number(one.n)})
              </option>
            ))}
          </select>
        )}
      </Box>
      <Box legend={t('desk.facet.code')}>
        {shown.map((one) => (
          <Check key={one.value} n={one.n} on={chosen.code.includes(one.value)} set={() => choose({ ...chosen, code: toggled(chosen.code, one.value) })}>
            {named(one)}
          </Check>
        ))}
        {codes.length > FEW && (
          <button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t('desk.fewer') : t('desk.all_codes', { n: number(codes.length) })}
          </button>
        )}
      </Box>
    </aside>
  );
}

function withChosen(found: Facet, chosen: readonly string[]): Facet {
  const lost = chosen.filter((value) => !found.some((one) => one.value === value));
  return [...found, ...lost.map((value) => ({ value, n: 0, title: null }))];
}

function Box({ legend, children }: { legend: string; children: preact.ComponentChildren }) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}

function Check({ n, on, set, children }: { n: number; on: boolean; set: () => void; children: preact.ComponentChildren }) {
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={set} />
      <span class="says">{children}</span>
      <span class="n">{number(n)}</span>
    </label>
  );
}
