/** The group of what is selected: which it is, whom it holds, and where its reasons are. */
import { entity, type Schemas } from '../api/client';
import { format, opened } from '../state/address';
import { useAsked } from '../state/asked';
import { useTheme } from '../state/theme';
import { number, t } from '../texts';
import { Glyph } from './Legend';
import { tinted } from './looks';
import { boardOf, nameOfGroup, type Group as Told } from './together';

type View = Schemas['CityView'];

export function Group({ view, group }: { view: View; group: Told }) {
  const dark = useTheme() === 'dark';
  return (
    <div class="group">
      <h3>
        <Glyph {...tinted(group.tint, dark)} square={group.kind === 'attached'} /> {nameOfGroup(group)}
      </h3>
      {group.kind === 'community' ? (
        <p>
          {t('together.of', { organizations: number(group.organizations), units: number(group.units ?? 0) })} ·{' '}
          <a href={format(opened('unit', group.id))}>{group.name ?? group.id}</a>
        </p>
      ) : (
        <>
          <p class="quiet">
            {[group.kind === 'joint' ? group.id : null, group.ledger_unit_name && t('together.in', { where: group.ledger_unit_name })].filter(Boolean).join(' · ')}
          </p>
          {view.plan && <Members job={view.plan.job} group={group} />}
          <a href={format(boardOf(view, group))}>{t('together.why')}</a>
        </>
      )}
    </div>
  );
}

function Members({ job, group }: { job: string; group: Told }) {
  const asked = useAsked<Schemas['WhyUnit']>(`/plan/why/${group.kind === 'joint' ? encodeURIComponent(group.id) : entity('unit', group.id)}`, { from: job });
  if (asked.is === 'failed') return <p class="quiet">{asked.problem.detail}</p>;
  if (asked.is === 'asking') return <p class="quiet">{t('together.reading')}</p>;
  return (
    <>
      <p>{t('together.members')}</p>
      <ul class="members">
        {asked.answer.members.map(({ organization, name, formal_members }) => (
          <li key={organization}>
            <a href={format(opened('organization', organization))}>{name}</a> <span class="quiet">{t('together.members_formal', { n: number(formal_members) })}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
