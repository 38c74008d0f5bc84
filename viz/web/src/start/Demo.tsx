/** An invented city by two clicks: its size, and go. */
import { useState } from 'preact/hooks';
import { number, t } from '../texts';

const SIZES = [4_000, 20_000] as const;

export function Demo({ begin }: { begin: (orgs: number) => void }) {
  const [orgs, setOrgs] = useState<number>(SIZES[0]);
  return (
    <form
      class="card demo"
      onSubmit={(event) => {
        event.preventDefault();
        begin(orgs);
      }}
    >
      <h2>{t('demo.title')}</h2>
      <p>{t('demo.intro')}</p>
      <fieldset>
        <legend>{t('demo.size')}</legend>
        {SIZES.map((size) => (
          <label key={size}>
            <input type="radio" name="orgs" checked={orgs === size} onChange={() => setOrgs(size)} /> {t(size === SIZES[0] ? 'demo.small' : 'demo.large', { n: number(size) })}
          </label>
        ))}
      </fieldset>
      <button type="submit" class="main">
        {t('demo.begin')}
      </button>
    </form>
  );
}
