/** What the legend says where looks come again: of which plan the proposed units are, which communities there are. */
import type { Schemas } from '../api/client';
import { format, page } from '../state/address';
import { useTheme } from '../state/theme';
import { language, number, t } from '../texts';
import { Glyph } from './Legend';
import { tinted } from './looks';
import { hold, toggled, type Question } from './question';
import { valuesOf } from './saying';
import { boardOf } from './together';
import './together.css';

interface Props {
  view: Schemas['CityView'];
  question: Question;
  ask: (next: Question) => void;
}

/** A few of the looks that there are. */
function Looks() {
  const dark = useTheme() === 'dark';
  return (
    <span class="looks" aria-hidden="true">
      {Array.from({ length: 12 }, (_, k) => (
        <Glyph key={k} {...tinted(k, dark)} />
      ))}
    </span>
  );
}

/** What coverage says of who has no unit. */
const WITHOUT = ['eligible', 'uncovered'];

function without(view: Schemas['CityView']): number {
  return valuesOf(view, 'coverage').reduce((all, { id, number: n }) => all + (WITHOUT.includes(id ?? '') ? n : 0), 0);
}

function when(ended: string | null | undefined): string {
  return ended ? new Date(ended).toLocaleString(language.value === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short' }) : '–';
}

export function PlanLegend({ view, question, ask }: Props) {
  const { plan } = view;
  if (!plan) {
    return (
      <div class="notes">
        <p>{t('together.none', { n: number(without(view)) })}</p>
        <p>
          <a href={format(boardOf(view, null))}>{t(view.path.length ? 'together.plan_here' : 'together.plan_it')}</a>
        </p>
        <p>
          <a href={format(page('map', hold({ ...question, colour: 'coverage', kind: 'organization', wanted: { ...question.wanted, coverage: [...WITHOUT] }, box: null })))}>{t('together.see_them')}</a>
        </p>
      </div>
    );
  }
  return (
    <>
      <label class="plan">
        {t('together.plan')}{' '}
        <select value={plan.job} onChange={(event) => ask({ ...question, plan: event.currentTarget.value })}>
          {(plan.plans.some(({ job }) => job === plan.job) ? plan.plans : [plan, ...plan.plans]).map(({ job, ended, within }) => (
            <option key={job} value={job}>
              {t('together.plan.of', { at: when(ended), where: within.join(', ') || t('together.plan.everywhere') })}
            </option>
          ))}
        </select>
      </label>
      <p class="small">
        {t('together.plan.groups', { n: number(plan.groups), date: plan.as_of })} {plan.as_of !== view.as_of && t('together.plan.date', { shown: view.as_of, date: plan.as_of })}{' '}
        {plan.elsewhere > 0 && t('together.plan.elsewhere', { n: number(plan.elsewhere) })}
      </p>
      <Looks />
      <p class="small">{t('together.same')}</p>
    </>
  );
}

export function CommunityLegend({ view, question, ask }: Props) {
  const dark = useTheme() === 'dark';
  const lang = language.value;
  const untied = view.totals.shares.at(-1) ?? 0;
  return (
    <>
      <p class="small">{t('together.what')}</p>
      <Looks />
      <p class="small">{t('together.outline')}</p>
      <p>{t('together.communities', { n: number(view.communities ?? 0) })}</p>
      <ul class="groups">
        {valuesOf(view, 'community').map(({ id, label, number: n, tint }) => (
          <li key={id}>
            <button type="button" class="value" aria-pressed={question.wanted.community?.includes(id ?? '') ?? false} onClick={() => ask({ ...question, wanted: toggled(question.wanted, 'community', id ?? ''), box: null })}>
              <Glyph {...tinted(tint ?? 0, dark)} />
              <span>{label[lang]}</span> <span class="quiet">{number(n)}</span>
            </button>
          </li>
        ))}
        {untied > 0 && (
          <li>
            <span class="value">
              <Glyph colour="currentColor" pattern="ring" />
              <span>{view.legend.at(-1)?.label[lang]}</span> <span class="quiet">{number(untied)}</span>
            </span>
          </li>
        )}
      </ul>
    </>
  );
}
