/** One sheet: where its header is, what kind it is taken for, and what its columns mean. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { language, number, t } from '../texts';
import { HeaderPicker } from './HeaderPicker';
import type { Layout } from './layout';
import { changed, missing, type Kind, type Said, type Sheet } from './mapping';
import { Meanings } from './Meanings';

interface Props {
  file: string;
  sheet: Sheet;
  kinds: readonly Kind[];
  said: Said;
  open: boolean;
  /** Whether one has just said something of its header: one goes on there. */
  here: boolean;
  say: (next: Said) => void;
  layOut: (next: Layout) => void;
}

export function SheetCard({ file, sheet, kinds, said, open, here, say, layOut }: Props) {
  const [picking, setPicking] = useState(false);
  const summary = useRef<HTMLElement>(null);
  useEffect(() => {
    if (here) summary.current?.focus();
  }, [here]);
  const lang = language.value;
  const kind = kinds.find(({ id }) => id === said.kind) ?? null;
  const lacks = missing(sheet, said, kinds);
  const title = sheet.sheet ? `${file} · ${sheet.sheet}` : file;
  const [first, last] = sheet.header_rows;
  return (
    <details class={sheet.left_out || (kind && !lacks.length) ? 'sheet' : 'sheet odd'} open={open || here}>
      <summary ref={summary}>
        <span class="title">{title}</span>
        <span class="quiet">
          {sheet.left_out ? t('layout.left_out') : kind ? kind.label[lang] : t('ledgers.no_kind')} · {t('ledgers.n_rows', { n: number(sheet.rows) })}
          {sheet.hidden && ` · ${t('ledgers.hidden')}`}
          {sheet.encoding && ` · ${sheet.encoding}`}
        </span>
        {lacks.length > 0 && <strong class="warning">! {t('ledgers.lacks', { names: lacks.join('、') })}</strong>}
        {sheet.faulty_cells > 0 && <span class="warning">! {t('ledgers.faulty_cells', { n: number(sheet.faulty_cells) })}</span>}
        {changed(sheet, said) && <span class="mark">{t('ledgers.changed_here')}</span>}
      </summary>
      {sheet.problem && !sheet.left_out && <p class="warning">{sheet.problem[lang]}</p>}
      {sheet.blanked && (
        <p class="warning">
          {t('ledgers.would_blank', {
            columns: sheet.blanked.columns.map(({ column }) => column).join('、'),
            n: number(sheet.blanked.entities),
            date: sheet.blanked.from,
          })}
        </p>
      )}
      {sheet.left_out ? (
        first ? (
          <button type="button" onClick={() => layOut({ is: 'header', rows: [first, last ?? first] })}>
            {t('layout.take_in')}
          </button>
        ) : null
      ) : (
        <>
          {picking && (
            <HeaderPicker
              title={title}
              sheet={sheet}
              read={(rows) => layOut({ is: 'header', rows })}
              leaveOut={() => layOut({ is: 'out' })}
            />
          )}
          <Meanings title={title} sheet={sheet} kinds={kinds} said={said} say={say}>
            <span class="quiet">{first ? t('ledgers.header', { rows: last && last > first ? `${first}–${last}` : String(first) }) : t('ledgers.no_header')}</span>
            <button type="button" aria-expanded={picking} onClick={() => setPicking(!picking)}>
              {t('layout.change')}
            </button>
          </Meanings>
        </>
      )}
    </details>
  );
}
