/** The board with nothing on it: what one can do here, and where one could begin. */
import type { Schemas } from '../api/client';
import { Icon } from '../shell/Icon';
import { useAsked } from '../state/asked';
import { kindName, t } from '../texts';

const STEPS = ['explore.start.search', 'explore.start.expand', 'explore.start.path', 'explore.start.keep'] as const;

export function Start({ put }: { put: (keys: readonly string[]) => void }) {
  // a word that names of units have: any city has some of these
  const units = useAsked<Schemas['Found']>('/find', { text: '党', limit: 30 });
  const firms = useAsked<Schemas['Found']>('/find', { text: '公司', limit: 30 });
  const first = (asked: typeof units, kind: string, n: number) =>
    asked.is === 'answered' ? asked.answer.results.filter((one) => one.kind === kind && one.merged_into === null).slice(0, n) : [];
  const some = [...first(units, 'unit', 3), ...first(firms, 'organization', 2)];
  return (
    <section class="start card">
      <h2>{t('explore.start.title')}</h2>
      <ol>
        {STEPS.map((key) => (
          <li key={key}>{t(key)}</li>
        ))}
      </ol>
      <p class="bar">
        <button type="button" class="main" onClick={() => document.getElementById('search')?.focus()}>
          {t('explore.start.go')}
        </button>
        <span class="quiet">{t('explore.start.keys')}</span>
      </p>
      {some.length > 0 && (
        <>
          <h3>{t('explore.start.examples')}</h3>
          <ul class="examples">
            {some.map((one) => (
              <li key={`${one.kind}:${one.id}`}>
                <button type="button" onClick={() => put([`${one.kind}:${one.id}`])}>
                  <Icon kind={one.kind} /> {one.name ?? one.id} <span class="quiet">{one.type ?? kindName(one.kind)}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
