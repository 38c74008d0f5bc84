/** The table twin of the map: the same marks, with their numbers; what is selected here is selected there. */
import { useMemo } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { page } from '../state/address';
import { Table } from '../table/Table';
import { t, useLanguage } from '../texts';
import { pageOf } from './Chosen';
import { hold, inside, type Question } from './question';
import { kindOf, labelOf, nameOf } from './saying';
import { groupOf, nameOfGroup } from './together';

interface Props {
  view: Schemas['CityView'];
  question: Question;
  choose: (id: string) => void;
}

/** The unit that is proposed for it, or its community, with the code that tells it from others. */
function belongs(view: Schemas['CityView'], mark: Schemas['CityMark']): string | null {
  const group = groupOf(view, mark);
  return group && (group.kind === 'joint' ? `${nameOfGroup(group)} · ${group.id}` : nameOfGroup(group));
}

export function Rows({ view, question, choose }: Props) {
  const lang = useLanguage();
  const rows = useMemo(() => {
    const names = new Map(view.marks.map((mark) => [mark.id, nameOf(mark)]));
    return view.marks.map((mark) => {
      const { counts } = mark;
      const rate = counts?.base ? Math.round((counts.base_covered / counts.base) * 1000) / 10 : null;
      return {
        key: mark.id,
        cells: [
          nameOf(mark),
          kindOf(mark),
          mark.code ?? null,
          names.get(mark.parent ?? '') ?? null,
          counts?.organizations ?? null,
          counts?.units ?? null,
          counts?.base ?? null,
          counts?.base_covered ?? null,
          rate,
          counts ? null : (labelOf(view, mark.value) ?? mark.type ?? null),
          ...(view.groups ? [belongs(view, mark)] : []),
          mark.degree ?? null,
          mark.core ?? null,
        ],
        to: counts ? page('map', hold(inside(question, mark.opens))) : (pageOf(mark) ?? undefined),
      };
    });
  }, [view, question, lang]);
  return (
    <Table
      name={t('map.table')}
      file={`map_${question.in ?? 'city'}`}
      head={[
        t('column.name'), t('column.kind'), t('column.code'), t('map.column.in'), t('map.column.organizations'), t('map.column.units'),
        t('map.column.base'), t('map.column.covered'), t('map.column.rate'), t('map.column.state'),
        ...(view.groups ? [t('together.column')] : []),
        t('map.column.degree'), t('map.column.core'),
      ]}
      rows={rows}
      chosen={question.chosen}
      choose={choose}
    />
  );
}
