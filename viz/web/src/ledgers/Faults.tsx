/** Faulty cells in a grid: where, what was found, what is wrong with it, and the way out. */
import type { Schemas } from '../api/client';
import { fileName } from '../desk/sources';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';

type Fault = Schemas['FaultyCell'];

export function Faults({ faults, omitted, name }: { faults: readonly Fault[]; omitted: number; name: string }) {
  const lang = language.value;
  return (
    <>
      {omitted > 0 && <p class="warning">{t('ledgers.faults_cut', { shown: number(faults.length), n: number(faults.length + omitted) })}</p>}
      <Table
        name={name}
        file="faults"
        head={[t('ledgers.file'), t('ledgers.sheet'), t('ledgers.row'), t('ledgers.column'), t('ledgers.what'), t('ledgers.found'), t('ledgers.way_out')]}
        rows={faults.map((one, k) => ({
          key: String(k),
          cells: [fileName(one.file), one.sheet, one.row, one.column, one.what[lang], one.found, one.expected[lang]],
        }))}
      />
    </>
  );
}
