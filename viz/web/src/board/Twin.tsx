/** The proposals as a table: who is in which group, what that costs and why; what is chosen in one is chosen on the map and the cards. */
import { opened } from '../state/address';
import { Table } from '../table/Table';
import { language, t } from '../texts';
import type { Prices, Verdict } from './costs';
import { ALONE, type Group, type PlanEntry } from './draft';
import { actionOf, type Entry } from './held';

interface Props {
  groups: readonly Group[];
  label: (group: Group) => string;
  entry: PlanEntry;
  prices: Prices;
  verdicts: Readonly<Record<string, Verdict>>;
  people: ReadonlyMap<string, Entry>;
  chosen: ReadonlySet<string>;
  toggle: (code: string) => void;
}

export function Twin({ groups, label, entry, prices, verdicts, people, chosen, toggle }: Props) {
  const lang = language.value;
  const rows = groups.flatMap((group) => {
    const { key, organizations, changed } = group;
    const joint = changed ? undefined : entry.joint.find(({ id }) => id === key);
    const cost = changed ? (verdicts[key]?.cost ?? null) : (prices.of[key] ?? null);
    const broken = (verdicts[key]?.faults ?? []).map(({ text }) => text[lang]);
    const members = organizations.reduce((sum, code) => sum + (people.get(code)?.formal_members ?? 0), 0);
    return organizations.map((code) => {
      const one = people.get(code);
      const attached = changed ? undefined : entry.attached.find(({ organization }) => organization === code);
      const alone = key === ALONE ? entry.uncovered.find(({ organization }) => organization === code) : undefined;
      const why = changed ? [t('board.group.changed'), ...broken] : [joint?.why[lang], joint?.fragile && t('board.group.fragile'), attached?.why[lang], alone?.reason[lang], alone?.fallback[lang]];
      return {
        key: code,
        cells: [
          one?.name ?? code, code, one ? t(`board.action.${actionOf(one)}`) : null, one?.formal_members ?? null,
          label(group), joint?.form ?? attached?.form ?? null, joint?.anchor ?? group.unit, members, cost, why.filter(Boolean).join(lang === 'zh' ? '；' : '; '),
        ],
        to: opened('organization', code),
      };
    });
  });
  return (
    <Table
      name={t('board.proposals.table')}
      file={`proposals_${entry.id}`}
      head={(['name', 'code', 'action', 'members', 'group', 'form', 'anchor', 'group_members', 'group_cost', 'remark'] as const).map((key) => t(`board.column.${key}`))}
      rows={rows}
      picked={{ keys: chosen, toggle, label: t('board.column.chosen') }}
    />
  );
}
