/** The tables of what is drawn: what is chosen in one is chosen in the other. */
import type { Point } from '../geometry/plane';
import { opened } from '../state/address';
import { Table } from '../table/Table';
import { edgeName, kindName, t } from '../texts';
import type { drawn, Known } from './known';

interface Props {
  shown: ReturnType<typeof drawn>;
  known: Known;
  pinned: ReadonlyMap<string, Point>;
  chosen: ReadonlySet<string>;
  toggle: (key: string) => void;
}

/** Cells of things and relations, for tables and for files. */
export function twins({ shown, known, pinned }: Pick<Props, 'known' | 'pinned' | 'shown'>) {
  const name = (key: string) => known.things.get(key)?.name ?? key;
  const degree = new Map<string, number>();
  for (const { from, to } of shown.links) for (const key of new Set([from, to])) degree.set(key, (degree.get(key) ?? 0) + 1);
  return {
    things: {
      head: [t('column.name'), t('column.kind'), t('column.type'), t('column.code'), t('explore.column.relations'), t('explore.column.pinned')],
      rows: shown.things.map((one) => [one.name, kindName(one.kind), one.type, one.id, degree.get(one.key) ?? 0, pinned.has(one.key) ? t('yes') : null]),
    },
    relations: {
      head: [t('column.from'), t('column.relation'), t('column.to'), t('column.via')],
      rows: shown.links.map((link) => [name(link.from), edgeName(link.kind), name(link.to), link.via]),
    },
  };
}

export function Twins({ shown, known, pinned, chosen, toggle }: Props) {
  const { things, relations } = twins({ shown, known, pinned });
  return (
    <>
      <Table
        name={t('explore.things')}
        file="explore"
        head={things.head}
        rows={shown.things.map((one, k) => ({
          key: one.key,
          cells: things.rows[k] ?? [],
          to: one.kind === 'missing' ? undefined : opened(one.kind, one.id),
        }))}
        picked={{ keys: chosen, toggle, label: t('explore.column.chosen') }}
      />
      <Table name={t('entity.relations')} file="explore_relations" head={relations.head} rows={shown.links.map((link, k) => ({ key: link.key, cells: relations.rows[k] ?? [] }))} />
    </>
  );
}
