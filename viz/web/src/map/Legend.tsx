/** The legend: what shapes, colours, lines and grounds mean; its values filter, its lines are drawn or not. */
import type { Schemas } from '../api/client';
import { useTheme } from '../state/theme';
import { edgeName, edges as strokes, language, number, t, type Key } from '../texts';
import { CLASSES, FILLS, look, shade, type Pattern } from './looks';
import { filters, toggled, type Colouring, type Question } from './question';
import { CommunityLegend, PlanLegend } from './TogetherLegend';

const HINTS: Partial<Record<Colouring, Key>> = { finding: 'map.legend.findings', degree: 'together.classes', core: 'together.cores' };

interface Props {
  view: Schemas['CityView'];
  question: Question;
  ties: ReadonlySet<string>;
  ask: (next: Question) => void;
  draw: (ties: ReadonlySet<string>) => void;
}

export function Glyph({ colour, pattern, square = false }: { colour: string; pattern: Pattern; square?: boolean }) {
  return (
    <svg class="icon" viewBox="-1.15 -1.15 2.3 2.3" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={FILLS[square ? 'square' : 'circle'][pattern]} fill={colour} fill-rule="evenodd" />
    </svg>
  );
}

export function Legend({ view, question, ties, ask, draw }: Props) {
  const dark = useTheme() === 'dark';
  const lang = language.value;
  const name = question.colour;
  const filter = filters(name) && name !== 'finding' ? name : null;
  const wanted = (filter && question.wanted[filter]) ?? [];
  const numbers = new Map(((filter && view.values[filter]) ?? []).map(({ id, number: n }) => [id, n]));
  const kinds = [...new Set(view.links.map(({ kind }) => kind))].sort();
  return (
    <section class="legend" aria-label={t('map.legend')}>
      <h2>{t('map.legend')}</h2>
      {name === 'group' && <PlanLegend view={view} question={question} ask={ask} />}
      {name === 'community' && <CommunityLegend view={view} question={question} ask={ask} />}
      {name !== 'community' && (name !== 'group' || view.plan) && (
      <ul>
        {view.legend.map(({ id, label }, at) => {
          const looks = look(id ?? null, at, dark);
          // the numbers of all values, so that another one can be chosen while one is
          const n = wanted.length || id === null ? (numbers.get(id ?? '') ?? view.totals.shares[at] ?? 0) : (view.totals.shares[at] ?? 0);
          if (!n && !numbers.get(id ?? '')) return null;
          const text = (
            <>
              <Glyph {...looks} square={name === 'type'} />
              <span>{label[lang]}</span> <span class="quiet">{number(n)}</span>
            </>
          );
          return (
            <li key={id ?? ''}>
              {id === null || filter === null ? (
                <span class="value">{text}</span>
              ) : (
                <button type="button" class="value" aria-pressed={wanted.includes(id)} onClick={() => ask({ ...question, wanted: toggled(question.wanted, filter, id), box: null })}>
                  {text}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      )}
      {(name !== 'group' || view.plan) && <p class="quiet small">{t(HINTS[name] ?? 'map.legend.hint')}</p>}
      <p class="shapes">
        <Glyph colour="currentColor" pattern="full" /> {t('map.legend.organization')} <Glyph colour="currentColor" pattern="full" square /> {t('map.legend.unit')}
      </p>
      {name === 'coverage' || name === 'group' ? (
        <div class="shades">
          <span class="quiet small">{t(name === 'group' ? 'together.shade' : 'map.legend.shade')}</span>
          <ol>
            {CLASSES.map((end, k) => (
              <li key={end} style={{ background: shade(end, dark) }}>
                {Math.round((CLASSES[k - 1] ?? 0) * 100)}–{Math.round(end * 100)} %
              </li>
            ))}
          </ol>
        </div>
      ) : (
        <p class="quiet small">{t('map.legend.most')}</p>
      )}
      <p class="quiet small">{t('map.legend.rings')}</p>
      {kinds.length > 0 && (
        <fieldset>
          <legend>{t('map.legend.ties')}</legend>
          {kinds.map((kind) => {
            const stroke = strokes[kind];
            const n = view.links.reduce((all, link) => all + (link.kind === kind ? link.number : 0), 0);
            return (
              <label key={kind}>
                <input
                  type="checkbox"
                  checked={ties.has(kind)}
                  onChange={() => draw(new Set(ties.has(kind) ? [...ties].filter((one) => one !== kind) : [...ties, kind]))}
                />
                <svg class="icon" width="22" height="16" aria-hidden="true">
                  <line x1="0" y1="8" x2="22" y2="8" stroke={dark ? stroke?.dark : stroke?.colour} stroke-width="3" stroke-dasharray={stroke?.dashes.join(' ')} />
                </svg>
                {edgeName(kind)} <span class="quiet">{number(n)}</span>
              </label>
            );
          })}
        </fieldset>
      )}
    </section>
  );
}
