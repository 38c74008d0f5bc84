/** What the service is still making for this page: what it is, how far, and since when. Said once to who listens, not at each step. */
import { useEffect } from 'preact/hooks';
import { coming, told } from '../api/coming';
import { announce } from '../state/announce';
import { useSignal } from '../state/signal';
import { number, t } from '../texts';

export function BeingMade() {
  const some = told(useSignal(coming));
  const what = some.map(({ detail }) => detail.replace(/\d+/g, '')).join('');
  useEffect(() => {
    if (some.length) announce(some.map(({ detail }) => t('making.said', { what: detail })).join(' '));
  }, [what]);
  if (!some.length) return null;
  return (
    <div class="making">
      {some.map(({ detail, done, of, seconds }) => (
        <p key={detail}>
          {of > 0 ? <progress aria-label={detail} max={of} value={done} /> : <progress aria-label={detail} />} {t('making.said', { what: detail })}{' '}
          <span class="quiet">{t('making.since', { n: number(seconds) })}</span>
        </p>
      ))}
    </div>
  );
}
