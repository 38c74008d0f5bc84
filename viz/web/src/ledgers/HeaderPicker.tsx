/** The first rows of a sheet as they stand in the file: one says which of them are the header, or that the sheet stays out. */
import { useState } from 'preact/hooks';
import { t } from '../texts';
import { fits, LOWEST, toggled, type Rows } from './layout';
import type { Sheet } from './mapping';

interface Props {
  title: string;
  sheet: Sheet;
  /** Reads it again under these rows. */
  read: (rows: Rows) => void;
  leaveOut: () => void;
}

export function HeaderPicker({ title, sheet, read, leaveOut }: Props) {
  const [found, until] = [sheet.header_rows[0] ?? 0, sheet.header_rows[1] ?? 0];
  const [rows, setRows] = useState<Rows | null>(found ? [found, until] : null);
  const width = Math.max(0, ...sheet.first_rows.map(({ cells }) => cells.length));
  const fine = rows !== null && fits(...rows);
  const same = rows !== null && rows[0] === found && rows[1] === until;
  const type = (k: 0 | 1, text: string) => {
    const n = Number(text);
    setRows(k === 0 ? [n, Math.max(n, rows?.[1] ?? n)] : [rows?.[0] ?? n, n]);
  };
  return (
    <form
      class="picker"
      aria-label={t('layout.title', { name: title })}
      onSubmit={(event) => {
        event.preventDefault();
        if (fine && !same) read(rows);
      }}
    >
      <p>{t('layout.why')}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('layout.rows', { name: title })}>
        <table class="columns first">
          <tbody>
            {sheet.first_rows.map(({ row, cells }) => {
              const on = rows !== null && rows[0] <= row && row <= rows[1];
              return (
                <tr key={row} class={on ? 'on' : undefined}>
                  <th scope="row">
                    <label>
                      <input type="checkbox" checked={on} onChange={() => setRows(toggled(rows, row))} /> {row}
                      <span class="unseen"> {t('layout.is_header', { row })}</span>
                    </label>
                  </th>
                  {Array.from({ length: width }, (_, k) => {
                    const cell = cells[k];
                    return (
                      <td key={k} class={cell?.text === null ? 'unread' : undefined}>
                        {cell ? (cell.text ?? <i>{t(`layout.shape.${shapeOf(cell.shape)}`)}</i>) : null}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div class="bar">
        <label>
          {t('layout.from')} <input type="number" min={1} max={LOWEST} value={rows?.[0] ?? ''} onInput={(event) => type(0, event.currentTarget.value)} />
        </label>
        <label>
          {t('layout.to')} <input type="number" min={1} max={LOWEST} value={rows?.[1] ?? ''} onInput={(event) => type(1, event.currentTarget.value)} />
        </label>
        <button type="submit" class="main" disabled={!fine || same}>
          {t('layout.read')}
        </button>
        <button type="button" onClick={leaveOut}>
          {t('layout.leave_out')}
        </button>
      </div>
      {rows !== null && !fine && <p class="warning">{t('layout.not_rows')}</p>}
    </form>
  );
}

function shapeOf(shape: string): 'code' | 'date' | 'number' | 'text' {
  return shape === 'code' || shape === 'date' || shape === 'number' ? shape : 'text';
}
