/** The group of what is selected: which it is, whom it holds, and where its reasons are. */
import type { Schemas } from '../api/client';
import { format, opened } from '../state/address';
import { useTheme } from '../state/theme';
import { language, number, t } from '../texts';
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
