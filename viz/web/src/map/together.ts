/** What organizations and units of one look have in common, in words: a unit that is proposed, one that there is, a community. */
import type { Schemas } from '../api/client';
import { number, t } from '../texts';
import { page, type View as Address } from '../state/address';
import type { Mark } from './frame';

export type Group = Schemas['CityGroup'];
type View = Pick<Schemas['CityView'], 'groups' | 'path' | 'plan'>;

export function groupOf(view: Pick<View, 'groups'>, mark: Pick<Mark, 'group'>): Group | null {
  return view.groups?.find(({ id }) => id === mark.group) ?? null;
}

export function nameOfGroup(group: Group): string {
  if (group.kind === 'joint') return t('together.joint', { n: number(group.organizations) });
  return t(group.kind === 'attached' ? 'together.attached' : 'together.community', { name: group.name ?? group.id });
}

/** The board on the plan's ledger unit, with the group opened; without a plan on the district or street that the map shows. */
export function boardOf(view: View, group: Group | null): Address {
  if (!view.plan || !group?.ledger_unit) {
    const area = view.path.findLast(({ code, level }) => code !== null && (level === 'district' || level === 'street'));
    return page('board', { ...(area?.code ? { in: area.level === 'street' ? `street:${area.code}` : area.code } : {}), tab: 'plan' });
  }
  const within = view.plan.within.length === 1 ? view.plan.within[0] : undefined;
  return page('board', { ...(within === undefined ? {} : { in: within }), tab: 'plan', job: view.plan.job, unit: group.ledger_unit, group: group.kind === 'joint' ? group.id : `unit:${group.id}` });
}
