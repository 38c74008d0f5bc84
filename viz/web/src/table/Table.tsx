/** The table twin of whatever is drawn: sorted, filtered, copied, exported; what it shows and what it leaves out, it says. */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Copy } from '../shell/Copy';
import { format, type View } from '../state/address';
import { onPaper } from '../state/paper';
import { useSignal } from '../state/signal';
import { language, number, t } from '../texts';
import { workbook } from '../../../assets/workbook.js';
import { save } from './saving';
import { csv, filtered, pasted, sorted, type Cell, type Order } from './rows';

export interface Row {
  key: string;
  cells: readonly Cell[];
  /** Where its first cell leads. */
  to?: View | undefined;
  /** Cells that are drawn otherwise than as their text, by column. */
  drawn?: Readonly<Record<number, ComponentChildren>>;
  /** That it can't be picked. */
  fixed?: boolean;
}
/** Rows that are picked, here and in the drawing that the table is the twin of. */
export interface Picked {
  keys: ReadonlySet<string>;
  toggle: (key: string) => void;
  label: string;
  /** Picks these instead of what is picked, where all that are shown can be picked at once. */
  all?: { label: string; put: (keys: string[]) => void };
}
/** The filter's text, where a page holds it in its address. */
export interface Filter {
  text: string;
  put: (text: string) => void;
}
interface Props {
  name: string;
  head: readonly string[];
  rows: readonly Row[];
  file: string;
  picked?: Picked;
  /** The row that is selected beside it too, and what selecting another does. */
  chosen?: string | null;
  choose?: (key: string) => void;
  filter?: Filter;
  /** Whether its rows are being asked for once more. */
  busy?: boolean;
}
const SHOWN = 500;
/** Rows that are printed at most: some hundred sheets. */
const PRINTED = 5_000;

export function Table({ name, head, rows, file, chosen, choose, picked, filter, busy }: Props) {
  const marked = useRef<HTMLTableRowElement>(null);
  const around = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // only the table scrolls to it, not the page: who selects beside the table looks there
    const [row, box] = [marked.current, around.current];
    if (!row || !box) return;
    const [top, bottom] = [row.offsetTop - row.offsetHeight, row.offsetTop + row.offsetHeight];
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  }, [chosen]);
  const [order, setOrder] = useState<Order | null>(null);
  const [typed, type] = useState('');
  const { text, put } = filter ?? { text: typed, put: type };
  const paper = useSignal(onPaper);
  const most = paper ? PRINTED : SHOWN;
  const locale = language.value === 'zh' ? 'zh-CN' : 'en';
  const found = useMemo(() => sorted(filtered(rows, text), order, locale), [rows, text, order, locale]);
  const cells = () => found.map((row) => row.cells);

  const asCsv = () => save(new Blob([csv(head, cells())], { type: 'text/csv;charset=utf-8' }), file, 'csv');
  const asWorkbook = () => save(workbook([head, ...cells().map((row) => row.map((cell) => cell ?? ''))]), file, 'xlsx');
  const n = number(found.length);
  const said =
    found.length > most
      ? t(paper ? 'table.printed' : 'table.first', { shown: number(most), n })
      : found.length === rows.length
        ? t('table.all', { n })
        : t('table.some', { shown: n, n: number(rows.length) });
  const shown = found.slice(0, most);
  const open = picked?.all ? shown.filter(({ fixed }) => !fixed).map(({ key }) => key) : [];
  return (
    <section class="twin" aria-label={name} aria-busy={busy}>
      <div class="bar">
        <h2>{name}</h2>
        <input type="search" aria-label={t('table.filter', { name })} placeholder={t('table.filter', { name: '' })} value={text} onInput={(e) => put(e.currentTarget.value)} />
        {text.trim() && <span class="printed">{t('table.filtered', { text: text.trim() })}</span>}
        <span class="quiet" role="status">
          {said}
        </span>
        <Copy text={() => pasted(head, cells())} done="table.copied" blanks={{ n }} not="table.not_copied">
          {t('table.copy')}
        </Copy>
        <button type="button" onClick={asCsv}>
          {t('table.csv')}
        </button>
        <button type="button" onClick={asWorkbook}>
          {t('table.xlsx')}
        </button>
      </div>
      <div ref={around} class="scroll" tabIndex={0} role="region" aria-label={name}>
        <table>
          <thead>
            <tr>
              {picked && (
                <th scope="col">
                  {picked.all ? (
                    <input
                      type="checkbox"
                      aria-label={picked.all.label}
                      checked={open.length > 0 && open.every((key) => picked.keys.has(key))}
                      onChange={(event) => picked.all?.put(event.currentTarget.checked ? open : [])}
                    />
                  ) : (
                    picked.label
                  )}
                </th>
              )}
              {head.map((title, column) => (
                <th key={title} scope="col" aria-sort={order?.column === column ? (order.down ? 'descending' : 'ascending') : 'none'}>
                  <button type="button" onClick={() => setOrder({ column, down: order?.column === column && !order.down })}>
                    {title}
                    <span aria-hidden="true">{order?.column === column ? (order.down ? ' ▼' : ' ▲') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ key, cells: row, to, drawn, fixed }) => (
              <tr
                key={key}
                data-key={key}
                ref={key === chosen ? marked : null}
                class={picked?.keys.has(key) ? 'picked' : key === chosen ? 'chosen' : undefined}
                {...(choose && { 'aria-selected': key === chosen, onClick: () => choose(key), onFocusCapture: () => choose(key) })}
              >
                {picked && (
                  <td>
                    <input type="checkbox" aria-label={`${picked.label}: ${row[0] ?? key}`} checked={picked.keys.has(key)} disabled={fixed ?? false} onChange={() => picked.toggle(key)} />
                  </td>
                )}
                {row.map((cell, k) => (
                  <td key={head[k]} class={typeof cell === 'number' ? 'number' : undefined}>
                    {drawn && k in drawn ? drawn[k] : k === 0 && to ? <a href={format(to)}>{cell}</a> : typeof cell === 'number' ? number(cell) : cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
