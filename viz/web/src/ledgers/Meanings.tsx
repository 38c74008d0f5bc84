/** What a sheet is taken for, what each column means and how that is known, and its first rows as they would be stored. */
import type { ComponentChildren } from 'preact';
import { language, number, t } from '../texts';
import { anew, fixed, missing, twice, type Kind, type Said, type Sheet } from './mapping';

const HOWS = ['canonical', 'wording', 'mapping', 'tick', 'personal', 'idle', 'twice', 'unknown'] as const;
const SIGNS = { canonical: '✓', wording: '✓', mapping: '✓', tick: '✓', personal: '⊘', idle: '–', twice: '!', unknown: '?' } as const;

interface Props {
  title: string;
  sheet: Sheet;
  kinds: readonly Kind[];
  said: Said;
  say: (next: Said) => void;
  /** Where its header is. */
  children: ComponentChildren;
}

export function Meanings({ title, sheet, kinds, said, say, children }: Props) {
  const lang = language.value;
  const kind = kinds.find(({ id }) => id === said.kind) ?? null;
  const lacks = missing(sheet, said, kinds);
  const doubled = new Set(twice(said, sheet));
  const put = (index: number, means: string | null) => say({ ...said, means: { ...said.means, [index]: means } });
  const personal = sheet.columns.filter(({ how }) => how === 'personal');
  return (
    <>
      <div class="bar">
        <label>
          {t('ledgers.kind')}{' '}
          <select value={said.kind ?? ''} onChange={(event) => say(anew(sheet, kinds.find(({ id }) => id === event.currentTarget.value) ?? null))}>
            <option value="">{t('ledgers.no_ledger')}</option>
            {kinds.map(({ id, label }) => (
              <option key={id} value={id}>
                {label[lang]}
              </option>
            ))}
          </select>
        </label>
        {children}
      </div>
      {lacks.map((name) => (
        <label key={name} class="check">
          <input type="checkbox" onChange={() => say({ ...said, absent: [...said.absent, name] })} />
          {t('ledgers.declare_absent', { name })}
        </label>
      ))}
      {said.absent.length > 0 && (
        <p class="quiet">
          {t('ledgers.absent', { names: said.absent.join('、') })}{' '}
          <button type="button" onClick={() => say({ ...said, absent: [] })}>
            {t('ledgers.undo_absent')}
          </button>
        </p>
      )}
      {personal.length > 0 && (
        <p class="quiet">{t('ledgers.personal', { names: personal.map(({ heading }) => heading).join('、'), n: number(personal.reduce((sum, { cells }) => sum + cells, 0)) })}</p>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label={title}>
        <table class="columns">
          <thead>
            <tr>
              <th scope="row" />
              {sheet.columns.map(({ index, letter }) => (
                <th key={index} scope="col">
                  {letter}
                </th>
              ))}
            </tr>
            <tr class="heading">
              <th scope="row">{t('ledgers.heading')}</th>
              {sheet.columns.map(({ index, heading, cells }) => (
                <td key={index}>
                  <strong>{heading || '—'}</strong>
                  <small>{t('ledgers.n_cells', { n: number(cells) })}</small>
                </td>
              ))}
            </tr>
            <tr class="means">
              <th scope="row">{t('ledgers.means')}</th>
              {sheet.columns.map((column) => {
                const { index, heading, likely } = column;
                const how = HOWS.find((one) => one === column.how) ?? 'unknown';
                const means = said.means[index] ?? null;
                const own = means !== column.means;
                return (
                  <td key={index} class={means && doubled.has(means) ? 'doubled' : means ? undefined : 'unread'}>
                    {fixed(how) ? (
                      <span>{how === 'personal' ? t('ledgers.never') : column.means}</span>
                    ) : (
                      <select aria-label={t('ledgers.means_of', { name: heading || column.letter })} value={means ?? ''} disabled={!kind || !heading} onChange={(event) => put(index, event.currentTarget.value || null)}>
                        <option value="">{t('ledgers.not_read_col')}</option>
                        {kind?.columns.map(({ name, required, label }) => (
                          <option key={name} value={name}>
                            {lang === 'zh' ? name : `${name} ${label.en}`}
                            {required ? ' *' : ''}
                          </option>
                        ))}
                      </select>
                    )}
                    <small>
                      <span aria-hidden="true">{own ? '✎' : SIGNS[how]}</span> {own ? t('ledgers.how.own') : t(`ledgers.how.${how}`)}
                    </small>
                    {likely && !means && kind && (
                      <button type="button" class="likely" onClick={() => put(index, likely)}>
                        {t('ledgers.likely', { name: likely })}
                      </button>
                    )}
                  </td>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {sheet.sample.map(({ row, cells }) => (
              <tr key={row}>
                <th scope="row">{row}</th>
                {cells.map((cell, k) => (
                  <td key={sheet.columns[k]?.index ?? k} class={cell === null ? 'unread' : undefined}>
                    {cell ?? <span title={t('ledgers.not_shown')}>···</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="quiet">{t('ledgers.sample')}</p>
    </>
  );
}
