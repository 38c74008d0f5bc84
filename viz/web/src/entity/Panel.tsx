/** The side panel: every value of an entity with the row it was read in, what others say, and its relations. */
import type { Schemas } from '../api/client';
import { Icon } from '../shell/Icon';
import { format, opened, page } from '../state/address';
import { edgeName, kindName, language, number, t } from '../texts';
import { placed, worded } from './value';

const RELATIONS = 20;

/** `inside`: within another panel, which names the entity already. */
export function Panel({ found, inside = false }: { found: Schemas['Dossier']; inside?: boolean }) {
  const lang = language.value;
  const all = found.relations_found ?? found.relations.length;
  return (
    <aside class={inside ? 'within' : 'panel'} aria-label={t('entity.values')}>
      {!inside && (
        <>
          <h1>
            <Icon kind={found.kind} />
            <span>{found.name ?? found.id}</span>
          </h1>
          <p class="quiet">
            {kindName(found.kind)} · {found.id} · {t('entity.as_of', { date: found.as_of })}
          </p>
          <p>
            <a href={format(page('explore', { with: `${found.kind}:${found.id}` }))}>{t('explore.open_in')}</a>
          </p>
        </>
      )}
      {found.merged_here.length > 0 && <p>{t('entity.merged')}</p>}
      <h2>{t('entity.values')}</h2>
      <dl class="values">
        {found.values.map((value) => (
          <div key={value.property}>
            <dt>{value.label[lang]}</dt>
            <dd>
              <span class="value">{worded(value.value, { kind: found.kind, property: value.property })}</span>
              {value.disputed && <strong class="disputed"> {t('entity.disputed')}</strong>}
              <small>
                {placed(value.source)} · {value.since}
                {value.agreed > 0 && ` · ${t('entity.agreed', { n: value.agreed })}`}
              </small>
              {value.otherwise.length > 0 && (
                <details>
                  <summary>
                    {t('entity.otherwise')} ({value.otherwise.length})
                  </summary>
                  <ul>
                    {value.otherwise.map((other, k) => (
                      <li key={k}>
                        {worded(other.value, { kind: found.kind, property: value.property })} <small>{placed(other.source)} · {other.dated}</small>
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </dd>
          </div>
        ))}
      </dl>
      <h2>
        {t('entity.relations')} ({number(all)})
      </h2>
      <ul class="relations">
        {found.relations.slice(0, RELATIONS).map((relation) => (
          <li key={`${relation.kind}${relation.direction}${relation.other}${relation.id}${relation.via ?? ''}`}>
            <span class="quiet">{edgeName(relation.kind, relation.direction === 'out' ? 'out' : 'in')}</span>{' '}
            {relation.other === 'missing' ? (
              <span>
                {relation.name} <small>{kindName('missing')}</small>
              </span>
            ) : (
              <a href={format(opened(relation.other, relation.id))}>{relation.name}</a>
            )}
          </li>
        ))}
      </ul>
      {found.relations.length > RELATIONS && <p class="quiet">{t('entity.all_relations')}</p>}
    </aside>
  );
}
