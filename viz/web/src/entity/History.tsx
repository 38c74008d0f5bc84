/** An entity over all imports: where sources disagree side by side, and what each import said of it, the latest first. */
import { useState } from 'preact/hooks';
import { entity, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';
import { disputes } from './disputes';
import './history.css';
import { placed, worded } from './value';

export function History({ found }: { found: Schemas['Dossier'] }) {
  const [turn, setTurn] = useState(0);
  const asked = useAsked<Schemas['Timeline']>(`/timeline/${entity(found.kind, found.id)}`, {}, turn);
  const lang = language.value;
  const { sources, lines } = disputes(found.values, found.kind);
  return (
    <>
      <section aria-label={t('entity.disputes')}>
        <h2>{t('entity.disputes')}</h2>
        {!lines.length && <p class="quiet">{t('entity.no_disputes')}</p>}
        {lines.length > 0 && (
          <div class="scroll" tabIndex={0} role="region" aria-label={t('entity.disputes')}>
            <table class="disputes">
              <thead>
                <tr>
                  <td />
                  {sources.map(({ source, dated }, k) => (
                    <th key={k} scope="col">
                      {placed(source)}
                      <small>{dated}</small>
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {lines.map((line) => (
                  <tr key={line.property}>
                    <th scope="row">{line.label[lang]}</th>
                    {line.cells.map((cell, k) => (
                      <td key={k} class={cell === line.shown ? 'shown' : undefined}>
                        {cell ?? '—'}
                        {cell === line.shown && <small> ✓ {t('entity.shown_value')}</small>}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {asked.is === 'failed' && <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />}
      {asked.is === 'asking' && <p class="quiet">{t('wait')}</p>}
      {asked.is === 'answered' && <Imports entries={asked.answer.entries} kind={found.kind} id={found.id} />}
    </>
  );
}

function Imports({ entries, kind, id }: { entries: Schemas['Timeline']['entries']; kind: string; id: string }) {
  const lang = language.value;
  const latest = [...entries].reverse();
  return (
    <>
      <section aria-label={t('entity.timeline')}>
        <h2>
          {t('entity.timeline')} ({number(entries.length)})
        </h2>
        <ol class="timeline">
          {latest.map((one, k) => (
            <li key={k} class={one.stands}>
              <p>
                <strong>{one.dated}</strong> {one.called[lang]}{' '}
                <small>
                  {placed(one.source)} · {t('entity.import')} {one.batch}
                  {one.stands === 'corrected' && ` · ${t('entity.corrected')}`}
                  {one.stands === 'beside' && ` · ${t('entity.beside')}`}
                </small>
              </p>
              {one.first ? (
                <details>
                  <summary>
                    {t('entity.first')} ({number(one.changes.length)})
                  </summary>
                  <Values kind={kind} changes={one.changes} />
                </details>
              ) : one.changes.length ? (
                <Values kind={kind} changes={one.changes} />
              ) : (
                <p class="quiet">{t('entity.same')}</p>
              )}
            </li>
          ))}
        </ol>
      </section>
      <Table
        name={t('entity.rows_all')}
        file={`history_${id}`}
        head={[t('city.date'), t('entity.what'), t('column.from'), t('column.to'), t('entity.source'), t('entity.import'), t('entity.ledger')]}
        rows={latest.flatMap((one, k) =>
          one.changes.map((change) => ({
            key: `${k} ${change.property}`,
            cells: [one.dated, change.label[lang], change.before === null ? null : worded(change.before, { kind, property: change.property }), worded(change.after, { kind, property: change.property }), placed(one.source), one.batch, one.called[lang]],
          })),
        )}
      />
    </>
  );
}

function Values({ kind, changes }: { kind: string; changes: Schemas['ValueChange'][] }) {
  return (
    <ul>
      {changes.map((change) => (
        <li key={change.property}>
          <span class="quiet">{change.label[language.value]}</span>{' '}
          {change.before !== null && (
            <>
              <del>{worded(change.before, { kind, property: change.property })}</del> →{' '}
            </>
          )}
          <ins>{worded(change.after, { kind, property: change.property })}</ins>
        </li>
      ))}
    </ul>
  );
}
