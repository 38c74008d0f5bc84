/** The table twin of whatever is drawn: sorted, filtered, copied, exported; what it shows and what it leaves out, it says. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { format, type View } from '../state/address';
import { announce } from '../state/announce';
import { language, number, t } from '../texts';
import { workbook } from '../../../assets/workbook.js';
import { save } from './saving';
import { csv, filtered, pasted, sorted, type Cell, type Order } from './rows';

export interface Row {
  key: string;
  cells: readonly Cell[];
  /** Where its first cell leads. */
  to?: View | undefined;
}
/** Rows that are picked, here and in the drawing that the table is the twin of. */
export interface Picked {
  keys: ReadonlySet<string>;
  toggle: (key: string) => void;
  label: string;
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
}
const SHOWN = 500;

export function Table({ name, head, rows, file, chosen, choose, picked }: Props) {
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
  const [text, setText] = useState('');
  const locale = language.value === 'zh' ? 'zh-CN' : 'en';
  const found = useMemo(() => sorted(filtered(rows, text), order, locale), [rows, text, order, locale]);
  const cells = () => found.map((row) => row.cells);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(pasted(head, cells()));
      announce(t('table.copied', { n: number(found.length) }));
    } catch {
      announce(t('table.not_copied'));
    }
  };
  const asCsv = () => save(new Blob([csv(head, cells())], { type: 'text/csv;charset=utf-8' }), file, 'csv');
  const asWorkbook = () => save(workbook([head, ...cells().map((row) => row.map((cell) => cell ?? ''))]), file, 'xlsx');
  const n = number(found.length);
  const said =
    found.length > SHOWN
      ? t('table.first', { shown: number(SHOWN), n })
      : found.length === rows.length
        ? t('table.all', { n })
        : t('table.some', { shown: n, n: number(rows.length) });
  return (
    <section class="twin" aria-label={name}>
      <div class="bar">
        <h2>{name}</h2>
        <input type="search" aria-label={t('table.filter', { name })} placeholder={t('table.filter', { name: '' })} value={text} onInput={(e) => setText(e.currentTarget.value)} />
        <span class="quiet" role="status">
          {said}
        </span>
        <button type="button" onClick={() => void copy()}>
          {t('table.copy')}
        </button>
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
              {picked && <th scope="col">{picked.label}</th>}
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
            {found.slice(0, SHOWN).map(({ key, cells: row, to }) => (
              <tr
                key={key}
                ref={key === chosen ? marked : null}
                class={picked?.keys.has(key) ? 'picked' : key === chosen ? 'chosen' : undefined}
                {...(choose && { 'aria-selected': key === chosen, onClick: () => choose(key), onFocusCapture: () => choose(key) })}
              >
                {picked && (
                  <td>
                    <input type="checkbox" aria-label={`${picked.label}: ${row[0] ?? key}`} checked={picked.keys.has(key)} onChange={() => picked.toggle(key)} />
                  </td>
                )}
                {row.map((cell, k) => (
                  <td key={head[k]} class={typeof cell === 'number' ? 'number' : undefined}>
                    {k === 0 && to ? <a href={format(to)}>{cell}</a> : typeof cell === 'number' ? number(cell) : cell}
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
