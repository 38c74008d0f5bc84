/** Header, navigation, content, live region: what stands around every view. */
import { useEffect, useState } from 'preact/hooks';
import { Login } from '../access/Login';
import { Entity } from '../entity/Entity';
import { SearchBox } from '../search/SearchBox';
import { City } from '../start/City';
import type { Problem } from '../api/client';
import { leave, look, useAccount } from '../state/account';
import { format, go, page, PAGES, useView, view as viewed, type Tab } from '../state/address';
import { problemOf } from '../state/asked';
import { announce, said } from '../state/announce';
import { useSignal } from '../state/signal';
import { change as changeTheme } from '../state/theme';
import { language, speak, t, useLanguage } from '../texts';
import { BeingMade } from './BeingMade';
import { Failure } from './Failure';
import { plain, typing } from './keys';
import { PageOf } from './PageOf';
import { pages } from './pages';
import { Shortcuts } from './Shortcuts';

const TABS: Record<string, Tab> = { '1': 'chain', '2': 'neighbours', '3': 'table', '4': 'history' };

function Live() {
  const text = useSignal(said);
  return (
    <div class="unseen" role="status" aria-live="polite" id="live">
      {text}
    </div>
  );
}

export function Shell() {
  const lang = useLanguage();
  const account = useAccount();
  const view = useView();
  const [sheet, setSheet] = useState(false);
  const [trouble, setTrouble] = useState<Problem | null>(null);

  useEffect(() => {
    // an entity's page says its own name
    if ('held' in view) document.title = `${t(pages[view.name].title)} · 联建 Lianjian`;
    else if (view.name === 'city') document.title = '联建 Lianjian';
  }, [view.name, lang]);
  useEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  }, [lang]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!plain(event) || typing(event.target) || document.querySelector('dialog[open]')) return;
      const tab = TABS[event.key];
      if (event.key === '/') document.getElementById('search')?.focus();
      else if (event.key === '?') setSheet(true);
      else if (event.key === 'l') speak(language.value === 'zh' ? 'en' : 'zh');
      else if (event.key === 'm') changeTheme();
      else if (tab && viewed.value.name === 'entity') go({ ...viewed.value, tab });
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  useEffect(() => {
    // a new view begins at its top, for eyes and for screen readers
    document.getElementById('main')?.scrollTo(0, 0);
  }, [view.name === 'entity' ? `${view.kind}:${view.id}/${view.tab}/${view.down}` : view.name]);

  const me = account.is === 'known' ? account.me : null;
  const skip = (event: Event) => {
    event.preventDefault(); // the address is the view's
    document.getElementById('main')?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {t('app.skip')}
      </a>
      <header>
        <a class="brand" href="#/">
          {t('app.name')}
        </a>
        {me?.store && <SearchBox />}
        <nav aria-label={t('nav.label')}>
          {me && (
            <a href={format({ name: 'city' })} aria-current={view.name === 'city' ? 'page' : undefined}>
              {t('nav.city')}
            </a>
          )}
          {me &&
            PAGES.filter((name) => pages[name].shown(me)).map((name) => (
              <a key={name} href={format(page(name))} aria-current={view.name === name ? 'page' : undefined}>
                {t(pages[name].title)}
              </a>
            ))}
        </nav>
        <div class="tools">
          {me && <span class="who">{me.csrf === null ? t('account.local') : me.name}</span>}
          {me?.csrf && (
            <button type="button" onClick={() => void leave().catch((error: unknown) => setTrouble(problemOf(error)))}>
              {t('account.leave')}
            </button>
          )}
          <button type="button" lang={lang === 'zh' ? 'en' : 'zh-CN'} onClick={() => speak(lang === 'zh' ? 'en' : 'zh')}>
            {t('language.other')}
          </button>
          <button type="button" onClick={changeTheme}>
            {t('theme.change')}
          </button>
          <button type="button" aria-label={t('keys.title')} aria-haspopup="dialog" onClick={() => setSheet(true)}>
            ?
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1} data-page={view.name}>
        {trouble && <Failure problem={trouble} />}
        <BeingMade />
        {account.is === 'asking' && <p class="quiet">{t('wait')}</p>}
        {account.is === 'nobody' && <Login />}
        {account.is === 'refused' && <Failure problem={account.problem} again={() => void look()} />}
        {me && (view.name === 'city' || (!me.store && view.name !== 'load')) && <City me={me} />}
        {me && 'held' in view && (me.store || view.name === 'load') && <PageOf key={view.name} me={me} view={view} />}
        {me?.store && view.name === 'entity' && <Entity key={`${view.kind}:${view.id}`} view={view} />}
      </main>
      <Live />
      <Shortcuts
        open={sheet}
        close={() => {
          setSheet(false);
          announce('');
        }}
      />
    </>
  );
}
