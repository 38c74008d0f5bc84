/** The group of what is selected: which it is, whom it holds, and where its reasons are. */
import type { Schemas } from '../api/client';
import { format, opened, page } from '../state/address';
import { useTheme } from '../state/theme';
import { language, number, t } from '../texts';
import { Glyph } from './Legend';
import { tinted } from './looks';
import { hold, toggled, type Question } from './question';
import { boardOf, nameOfGroup, type Group as Told } from './together';

type View = Schemas['CityView'];

export function Group({ view, question, group }: { view: View; question: Question; group: Told }) {
  const dark = useTheme() === 'dark';
  const only = question.wanted.community?.includes(group.id) ?? false;
  return (
    <div class="group">
      <h3>
        <Glyph {...tinted(group.tint, dark)} square={group.kind === 'attached'} /> {nameOfGroup(group)}
      </h3>
      {group.kind === 'community' ? (
        <p>
          {t('together.of', { organizations: number(group.organizations), units: number(group.units ?? 0) })} ·{' '}
          <a href={format(opened('unit', group.id))}>{group.name ?? group.id}</a>
          <br />
          <a href={format(page('map', hold({ ...question, wanted: toggled(question.wanted, 'community', group.id), box: null })))}>{t(only ? 'together.only.end' : 'together.only')}</a>
        </p>
      ) : (
        <>
          <p class="quiet">
            {[group.kind === 'joint' ? group.id : null, group.ledger_unit_name && t('together.in', { where: group.ledger_unit_name })].filter(Boolean).join(' · ')}
          </p>
          {group.why?.[language.value] && <p>{group.why[language.value]}</p>}
          <p class="quiet">{t('together.members')}</p>
          <ul class="members">
            {(group.members ?? []).map(({ code, name }) => (
              <li key={code}>
                <a href={format(opened('organization', code))}>{name ?? code}</a>
              </li>
            ))}
          </ul>
          <a href={format(boardOf(view, group))}>{t('together.why')}</a>
        </>
      )}
    </div>
  );
}
