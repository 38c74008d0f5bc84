/** Every rule of the audit: how much it looked at and found in order, what it found, or why it could not be applied. */
import { useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { page } from '../state/address';
import { useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';

export function Checked() {
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Schemas['DeskChecked']>('/findings/checked', {}, turn);
  if (asked.is === 'failed') return <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />;
  if (asked.is === 'asking') return <p class="quiet">{t('desk.auditing')}</p>;
  const lang = language.value;
  const { checked, as_of } = asked.answer;
  const clean = checked.filter(({ not_checked, found }) => !not_checked && !found).length;
  const not = checked.filter(({ not_checked }) => not_checked).length;
  return (
    <>
      <ul class="figures">
        <li>
          <strong>{number(checked.length - clean - not)}</strong> {t('desk.rules_found')}
        </li>
        <li>
          <strong>{number(clean)}</strong> {t('desk.rules_clean')}
        </li>
        <li>
          <strong>{number(not)}</strong> {t('desk.rules_not')}
        </li>
      </ul>
      <p class="quiet">{t('entity.as_of', { date: as_of })}</p>
      <Table
        name={t('desk.part.checked')}
        file="checked"
        head={[t('desk.rule'), t('desk.found'), t('desk.judged'), t('desk.statement'), t('desk.notes'), t('column.code')]}
        rows={checked.map((one) => ({
          key: one.code,
          cells: [
            one.title[lang],
            one.not_checked ? null : one.found,
            one.not_checked ? null : one.checked,
            (one.not_checked ?? one.statement)?.[lang] ?? null,
            one.notes?.length ? one.notes.map((note) => note[lang]).join('；') : null,
            one.code,
          ],
          to: one.found ? page('desk', { code: one.code, state: 'all' }) : undefined,
        }))}
      />
    </>
  );
}
