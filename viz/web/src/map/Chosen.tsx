/** What is selected, with its numbers: each of them opens to what it counts. */
import type { Schemas } from '../api/client';
import { useTheme } from '../state/theme';
import { format, opened, page } from '../state/address';
import { language, number, percent, t } from '../texts';
import type { Mark } from './frame';
import { Group } from './Group';
import { Glyph } from './Legend';
import { look } from './looks';
import { filters, hold, inside, toggled, type Question } from './question';
import { kindOf, nameOf } from './saying';
import { groupOf } from './together';

interface Props {
  view: Schemas['CityView'];
  question: Question;
  mark: Mark | null;
  open: (mark: Mark) => void;
}

/** The rows that a number of a mark counts: the view inside it, down to organizations and units, with a filter. */
function rows(question: Question, mark: Mark, more: Partial<Question>): string {
  return format(page('map', hold({ ...inside(question, mark.opens), rows: true, ...more })));
}

/** The page of a division, place, organization or unit; of what lies nowhere there is none. */
export function pageOf(mark: Mark) {
  if (!mark.code || !mark.kind) return null;
  const kind = mark.kind === 'district' || mark.kind === 'street' || mark.kind === 'community' ? 'division' : mark.kind;
  return opened(kind, mark.code);
}

export function Chosen({ view, question, mark, open }: Props) {
  const dark = useTheme() === 'dark';
  const lang = language.value;
  if (!mark) return <p class="quiet">{t('map.chosen.none')}</p>;
  const { counts, shares } = mark;
  const its = pageOf(mark);
  const at = mark.value ?? -1;
  const state = mark.group ? undefined : view.legend[at]; // its group says it
  const group = groupOf(view, mark);
  const colour = question.colour;
  const filter = filters(colour) && colour !== 'finding' ? colour : null;
  return (
    <section class="chosen" aria-label={t('map.chosen')}>
      <h2>{nameOf(mark)}</h2>
      <p class="quiet">
        {kindOf(mark)}
        {mark.code && ` · ${mark.code}`}
        {mark.placed && ` · ${t(`map.placed.${mark.placed}`)}`}
      </p>
      {!counts && state && (
        <p>
          <Glyph {...look(state.id ?? null, at, dark)} square={mark.kind === 'unit'} /> {state.label[lang]}
        </p>
      )}
      {group && <Group key={group.id} view={view} question={question} group={group} />}
      {mark.changed ? <p>▲ {counts ? t('map.changed.of', { n: number(mark.changed) }) : t('map.changed.it')}</p> : null}
      {!counts && typeof mark.degree === 'number' && <p class="quiet">{t('map.tied', { degree: number(mark.degree), core: number(mark.core ?? 0) })}</p>}
      {counts && (
        <>
          <dl class="numbers">
            <div>
              <dt>{t('map.column.organizations')}</dt>
              <dd>
                <a href={rows(question, mark, { kind: 'organization' })}>{number(counts.organizations)}</a>
              </dd>
            </div>
            <div>
              <dt>{t('map.column.units')}</dt>
              <dd>
                <a href={rows(question, mark, { kind: 'unit' })}>{number(counts.units)}</a>
              </dd>
            </div>
            <div>
              <dt>{t('map.rate.operating')}</dt>
              <dd>
                <strong>{percent(counts.base_covered, counts.base)}</strong>{' '}
                <a href={rows(question, mark, { kind: 'organization', wanted: { ...question.wanted, coverage: ['single', 'joint'] } })}>
                  {t('map.of', { part: number(counts.base_covered), whole: number(counts.base) })}
                </a>
              </dd>
            </div>
            <div>
              <dt>{t('map.rate.eligible')}</dt>
              <dd>
                <strong>{percent(counts.eligible_covered, counts.eligible)}</strong>{' '}
                <span class="quiet">{t('map.of', { part: number(counts.eligible_covered), whole: number(counts.eligible) })}</span>
              </dd>
            </div>
            <div>
              <dt>{t('map.rate.missing')}</dt>
              <dd>
                <a href={rows(question, mark, { kind: 'organization', wanted: { ...question.wanted, coverage: ['eligible', 'uncovered'] } })}>
                  {number(counts.base - counts.base_covered)}
                </a>
              </dd>
            </div>
          </dl>
          <ul class="shares">
            {colour !== 'community' && view.legend.map(({ id, label }, k) => {
              const n = shares?.[k] ?? 0;
              if (!n) return null;
              return (
                <li key={id ?? ''}>
                  <Glyph {...look(id ?? null, k, dark)} square={question.colour === 'type'} />
                  <span>{label[lang]}</span>
                  {id === null || filter === null ? (
                    <span class="quiet">{number(n)}</span>
                  ) : (
                    <a href={rows(question, mark, { kind: question.colour === 'type' ? 'unit' : 'organization', wanted: question.wanted[filter]?.includes(id) ? question.wanted : toggled(question.wanted, filter, id) })}>{number(n)}</a>
                  )}
                </li>
              );
            })}
          </ul>
        </>
      )}
      <div class="bar">
        {counts && (
          <button type="button" class="main" onClick={() => open(mark)}>
            {t('map.open')}
          </button>
        )}
        {its && <a href={format(its)}>{t(counts ? 'map.area_page' : 'map.page')}</a>}
      </div>
    </section>
  );
}
