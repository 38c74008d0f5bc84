/** What a unit covers, counted and in a table of its own; nothing for what is no unit. */
import type { Schemas } from '../api/client';
import { opened } from '../state/address';
import { Table } from '../table/Table';
import { kindName, number, t } from '../texts';

export function Covers({ found }: { found: Schemas['Dossier'] }) {
  const seen = new Map<string, Schemas['Dossier']['relations'][number]>();
  for (const one of found.relations) if (found.kind === 'unit' && one.kind === 'COVERS' && one.direction === 'out') seen.set(one.id, one);
  if (!seen.size) return null;
  return (
    <>
      <p>{t('entity.covers_n', { n: number(seen.size) })}</p>
      <Table
        name={t('entity.covers')}
        file={`covers_${found.id}`}
        head={[t('column.name'), t('column.kind'), t('column.code')]}
        rows={[...seen.values()].map((one) => ({
          key: one.id,
          cells: [one.name, kindName(one.other), one.id],
          to: one.other === 'missing' ? undefined : opened(one.other, one.id),
        }))}
      />
    </>
  );
}
