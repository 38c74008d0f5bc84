/** On the picture: who made what lies under it, and the switch for it. */
import { t } from '../texts';
import './ground.css';
import type { Ground } from './useGround';

/** Whose tiles these are: on the picture, as licences want it; without any where none are drawn. */
export function Attribution({ ground, lost }: { ground: Ground; lost: boolean }) {
  const { tiles, wanted } = ground;
  if (!tiles || !wanted) return null;
  return (
    <p class="attribution">
      {lost && <span>{t('ground.lost', { host: tiles.host ?? location.hostname })} </span>}
      {tiles.attribution || tiles.host}
    </p>
  );
}

/** Beside the legend: what is drawn below all marks, and what outlines are. */
export function Beneath({ ground, geographic, lost }: { ground: Ground; geographic: boolean; lost: boolean }) {
  const { tiles, wanted, want, boundaries } = ground;
  if (!geographic) return null;
  const outlines = <p class="quiet small">{boundaries.size ? t('ground.boundaries', { n: boundaries.size }) : t('map.hull')}</p>;
  return (
    <section class="beneath" aria-label={t('ground.title')}>
      <h2>{t('ground.title')}</h2>
      {tiles && (
        <>
          <label>
            <input type="checkbox" checked={wanted} onChange={() => want(!wanted)} /> {t('ground.tiles')}
          </label>
          {wanted && <p class="quiet small">{t(tiles.datum === 'GCJ-02' ? 'ground.moved' : 'ground.shifted')}</p>}
          {wanted && lost && (
            <p class="quiet small" role="status">
              {t('ground.lost', { host: tiles.host ?? location.hostname })}
            </p>
          )}
        </>
      )}
      {outlines}
    </section>
  );
}
