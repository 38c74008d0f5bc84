/** The rows that a finding was read in: file, sheet, row, and what they state, side by side. */
import { format, opened } from '../state/address';
import { language, number, t } from '../texts';
import { beside, fileName, type Beside, type ReadRow } from './sources';

/** Properties that are shown before one asks for all. */
const FEW = 8;
const PLACES = 12;

export function place(source: { file: string; sheet: string; row: number }): string {
  return [fileName(source.file), source.sheet, t('entity.row', { n: source.row })].filter(Boolean).join(' · ');
}

export function Sources({ rows }: { rows: readonly ReadRow[] }) {
  const { tables, places } = beside(rows);
  const lang = language.value;
  if (!rows.length) return <p class="quiet">{t('desk.no_rows')}</p>;
  return (
    <section class="read" aria-label={t('desk.rows')}>
      <h2>
        {t('desk.rows')} ({number(rows.length)})
      </h2>
      {tables.map((table) => (
        <Side key={table.kind} table={table} />
      ))}
      {places.length > 0 && (
        <details open={!tables.length}>
          <summary>
            {t('desk.more_rows')} ({number(places.length)})
          </summary>
          <ul>
            {places.slice(0, PLACES).map((row, k) => (
              <li key={k}>
                <span class="quiet">{row.label[lang]}</span> {place(row.source)}
              </li>
            ))}
          </ul>
          {places.length > PLACES && <p class="quiet">{t('desk.and_more', { n: number(places.length - PLACES) })}</p>}
        </details>
      )}
    </section>
  );
}

function Side({ table }: { table: Beside }) {
  const lang = language.value;
  const first = table.lines.filter(({ telling, differs }, k) => k < FEW || telling || (differs && table.rows.length > 1));
  const rest = table.lines.filter((line) => !first.includes(line));
  const body = (lines: Beside['lines']) =>
    lines.map((line) => (
      <tr key={line.property} class={line.differs ? 'differs' : line.telling ? 'telling' : undefined}>
        <th scope="row">
          {line.telling && (
            <span class="sign" role="img" aria-label={t('desk.telling')}>
              ▸
            </span>
          )}
          {line.label[lang]}
          {line.differs && (
            <span class="sign" role="img" aria-label={t('desk.differs')}>
              {' '}
              ≠
            </span>
          )}
        </th>
        {line.cells.map((cell, k) => (
          <td key={k}>{cell ?? '—'}</td>
        ))}
      </tr>
    ));
  const head = (
    <thead>
      <tr>
        <td>{table.label[lang]}</td>
        {table.rows.map((row, k) => (
          <th key={k} scope="col">
            {place(row.source)}
            <small>
              {row.id && (row.kind === 'organization' || row.kind === 'unit' ? <a href={format(opened(row.kind, row.id))}>{row.id}</a> : row.id)}
              {row.dated && ` · ${row.dated}`}
            </small>
          </th>
        ))}
      </tr>
    </thead>
  );
  return (
    <>
      <div class="scroll" tabIndex={0} role="region" aria-label={`${t('desk.rows')}: ${table.label[lang]}`}>
        <table class="side">
          {head}
          <tbody>{body(first)}</tbody>
        </table>
      </div>
      {rest.length > 0 && (
        <details>
          <summary>{t('desk.other_values', { n: number(rest.length) })}</summary>
          <div class="scroll" tabIndex={0} role="region" aria-label={`${t('desk.other_values', { n: number(rest.length) })}: ${table.label[lang]}`}>
            <table class="side">
              {head}
              <tbody>{body(rest)}</tbody>
            </table>
          </div>
        </details>
      )}
    </>
  );
}
