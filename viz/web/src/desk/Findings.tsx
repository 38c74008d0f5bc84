/** Findings as work: filtered, walked through by keys, picked, handled one by one or together; one of them open. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import { plain, typing } from '../shell/keys';
import { spokenInBoth } from '../shell/worded';
import { format, go, page } from '../state/address';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import type { Held } from '../state/address';
import { nowhere } from '../state/focus';
import { language, number, t } from '../texts';
import { Grave, Stand } from './Badge';
import type { Action, Outcome } from './bulk';
import { Case } from './Case';
import { Export } from './Export';
import { Facets } from './Facets';
import { ACTIONS, Handle, NotRecorded, type Wanted } from './Handle';
import { filters, holding, type Filters } from './held';
import { idsOf, useList, type Done, type Row } from './list';
import { usePlace } from './place';

/** Findings that are picked together, and read to come back to one, at most. */
const MOST = 2_000;

export function Findings({ held }: { held: Held }) {
  const chosen = filters(held);
  const open = held['id'] ?? null;
  const list = useList(chosen);
  const [at, setAt] = useState(0);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [failed, setFailed] = useState<Outcome['failed']>([]);
  const [turn, setTurn] = useState(0);
  const [narrow, setNarrow] = useState(false);
  const links = useRef(new Map<string, HTMLAnchorElement>());
  const recording = useRef(false);
  const place = usePlace(list, chosen, open, turn);
  const key = JSON.stringify(chosen);
  const now = useRef(key);
  now.current = key;
  useEffect(() => {
    setAt(0);
    setPicked(new Set());
  }, [key]);
  useEffect(() => {
    // a count after something was recorded is not what was asked for: what was recorded is said
    if (list.page && !open && !recording.current) announce(t('desk.matching', { n: number(list.page.matching) }));
    recording.current = false;
  }, [list.page, open]);

  const choose = (next: Filters) => go(page('desk', holding(next, held)), 'instead');
  const opened = (id: string | null) => {
    const rest = holding(chosen, held);
    Reflect.deleteProperty(rest, 'id');
    return page('desk', id === null ? rest : { ...rest, id });
  };
  const pick = (id: string) => {
    const next = new Set(picked);
    if (!next.delete(id)) next.add(id);
    setPicked(next);
    announce(t('desk.picked', { n: number(next.size) }));
  };
  const ask = (action: Action, ids: readonly string[]) => {
    if (ids.length) setWanted({ action, ids });
  };
  const done = (recorded: readonly Done[], lost: Outcome['failed']) => {
    recording.current = true;
    list.handled(recorded);
    landing.current = true;
    setFailed(lost);
    setPicked(new Set(lost.map(({ id }) => id)));
    setTurn(turn + 1);
  };
  const step = (by: 1 | -1) => {
    if (open !== null) {
      const id = by > 0 ? place?.next : place?.previous;
      if (!id) return;
      if (list.rows.slice(-3).some((row) => row.id === id)) list.more();
      go(opened(id), 'instead');
      return;
    }
    const next = Math.max(0, Math.min(list.rows.length - 1, at + by));
    const row = list.rows[next];
    if (!row) return;
    setAt(next);
    if (next >= list.rows.length - 3) list.more();
    links.current.get(row.id)?.focus();
  };
  const press = (event: KeyboardEvent) => {
    if (!plain(event) || document.querySelector('dialog[open]')) return;
    const on = event.target instanceof HTMLInputElement && event.target.type === 'checkbox';
    if (typing(event.target) && !on) return;
    const row = list.stale ? undefined : list.rows[at];
    const ids = open !== null ? [open] : picked.size ? [...picked] : row ? [row.id] : [];
    if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'x' && row && open === null) pick(row.id);
    else if (event.key === 'c') ask('confirm', ids);
    else if (event.key === 'd') ask('dismiss', ids);
    else if (event.key === 'u' && open !== null) go(opened(null));
    else return;
    event.preventDefault();
  };
  // as it is rendered last: who types fast is not behind by a letter
  const pressed = useRef(press);
  pressed.current = press;
  useEffect(() => {
    const act = (event: KeyboardEvent) => pressed.current(event);
    addEventListener('keydown', act);
    return () => removeEventListener('keydown', act);
  }, []);
  // whichever way one leaves a finding, the list is where one was: at its row, else at the next that is still there
  const sought = useRef<string | null>(null);
  const here = open !== null && place?.at === null ? (place.next ?? place.previous ?? open) : open;
  if (here !== null) sought.current = here;
  useEffect(() => {
    const id = sought.current;
    if (open !== null || id === null) return;
    const row = list.rows.findIndex((one) => one.id === id);
    if (row < 0 && nowhere() && (list.busy || (list.next !== null && list.rows.length < MOST))) {
      list.more();
      return;
    }
    sought.current = null;
    if (!nowhere()) return;
    setAt(Math.max(0, row));
    links.current.get(list.rows[Math.max(0, row)]?.id ?? '')?.focus();
  }, [open, list.rows, list.busy]);
  // who picked several and recorded something goes on at the row where one was
  const landing = useRef(false);
  useEffect(() => {
    if (wanted !== null || !landing.current) return;
    landing.current = false;
    const row = list.rows[at];
    if (open === null && row && nowhere()) links.current.get(row.id)?.focus();
  }, [wanted]);
  const everything = async () => {
    try {
      const asked = now.current;
      const ids = await idsOf(chosen, MOST);
      if (now.current !== asked) return; // other filters by now: these are not in sight any more
      setPicked(new Set(ids));
      announce(t('desk.picked', { n: number(ids.length) }));
    } catch (error) {
      setFailed([{ id: '', ...spokenInBoth(problemOf(error)) }]);
    }
  };
  const dialogue = wanted && <Handle wanted={wanted} done={done} close={() => setWanted(null)} />;
  if (open !== null) {
    return (
      <>
        <Case
          key={open}
          id={open}
          turn={turn}
          again={() => {
            setTurn(turn + 1);
            if (list.problem) list.again();
          }}
          asking={wanted !== null}
          place={place}
          back={() => go(opened(null))}
          step={step}
          act={(action) => ask(action, [open])}
        />
        <NotRecorded failed={failed} clear={() => setFailed([])} />
        {dialogue}
      </>
    );
  }
  const found = list.page;
  const loaded = list.rows.length > 0 && list.rows.every(({ id }) => picked.has(id));
  return (
    <div class="findings">
      <button type="button" class="narrow" aria-expanded={narrow} onClick={() => setNarrow(!narrow)}>
        {t('desk.facets')}
      </button>
      <div class={narrow ? 'filters open' : 'filters'}>
        <Facets facets={found?.facets ?? null} chosen={chosen} choose={choose} />
      </div>
      <section class="listing" aria-label={t('desk.part.findings')} aria-busy={list.busy}>
        <Search text={chosen.text} set={(text) => choose({ ...chosen, text })} />
        <div class="bar head">
          <label class="check all">
            <input
              type="checkbox"
              checked={loaded}
              disabled={!list.rows.length || list.stale}
              aria-label={t('desk.pick_shown', { n: number(list.rows.length) })}
              onChange={() => setPicked(loaded ? new Set() : new Set(list.rows.map(({ id }) => id)))}
            />
          </label>
          <span role="status">{found ? t('desk.matching', { n: number(found.matching) }) : t('desk.auditing')}</span>
          {found && <span class="quiet">{t('desk.of', { n: number(found.total), date: found.as_of })}</span>}
          {found && found.matching > 0 && <Export filters={chosen} />}
        </div>
        {list.problem && <Failure problem={list.problem} again={list.again} />}
        <NotRecorded failed={failed} clear={() => setFailed([])} />
        {found && !list.rows.length && !list.busy && <p class="empty">{t('desk.nothing')}</p>}
        <ul class={list.stale ? 'rows stale' : 'rows'}>
          {list.rows.map((row, k) => (
            <Line
              key={row.id}
              row={row}
              now={k === at}
              picked={picked.has(row.id)}
              pick={list.stale ? null : () => pick(row.id)}
              to={format(opened(row.id))}
              seen={() => setAt(k)}
              link={(element) => {
                if (element) links.current.set(row.id, element);
                else links.current.delete(row.id);
              }}
            />
          ))}
        </ul>
        {list.next !== null && <More busy={list.busy} more={list.more} left={(found?.matching ?? 0) - list.rows.length} />}
      </section>
      {picked.size > 0 && (
        <div class="picked" role="toolbar" aria-label={t('desk.picked', { n: number(picked.size) })}>
          <strong>{t('desk.picked', { n: number(picked.size) })}</strong>
          {ACTIONS.map((action) => (
            <button key={action} type="button" class={action === 'confirm' ? 'main' : undefined} onClick={() => ask(action, [...picked])}>
              {t(`desk.${action}`)}
            </button>
          ))}
          {found && loaded && picked.size < Math.min(MOST, found.matching) && (
            <button type="button" onClick={() => void everything()}>
              {t('desk.pick_all', { n: number(Math.min(MOST, found.matching)) })}
            </button>
          )}
          <button type="button" onClick={() => setPicked(new Set())}>
            {t('desk.unpick')}
          </button>
        </div>
      )}
      {dialogue}
    </div>
  );
}

interface LineProps {
  row: Row;
  now: boolean;
  picked: boolean;
  /** Null where it can't be picked for now. */
  pick: (() => void) | null;
  to: string;
  seen: () => void;
  link: (element: HTMLAnchorElement | null) => void;
}

function Line({ row, now, picked, pick, to, seen, link }: LineProps) {
  const lang = language.value;
  const state = row.handling?.state ?? 'open';
  return (
    <li class={['row', now ? 'now' : '', picked ? 'in' : '', state].join(' ')} onFocusIn={seen}>
      <input type="checkbox" checked={picked} aria-label={t('desk.pick', { id: row.id })} disabled={pick === null} onChange={pick ?? undefined} />
      <Grave severity={row.severity} worded={false} />
      <div class="what">
        <a ref={link} href={to}>
          {row.message[lang]}
        </a>
        <div class="quiet">
          {[row.clause, row.district, row.street].filter(Boolean).join(' · ')}
          {row.state === 'overdue' && <strong class="warning"> · {t('desk.overdue', { date: row.due[0] ?? '' })}</strong>}
          {row.handling?.note && ` · ${row.handling.note}`}
        </div>
      </div>
      <Stand state={state} />
    </li>
  );
}

/** A search field that asks when one rests. */
function Search({ text, set }: { text: string; set: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const last = useRef(text);
  // as it is when it is called: other filters may have been chosen since one typed
  const act = useRef(set);
  act.current = set;
  useEffect(() => {
    if (text !== last.current) setTyped(text);
    last.current = text;
  }, [text]);
  useEffect(() => {
    if (typed.trim() === text.trim()) return;
    const timer = setTimeout(() => {
      last.current = typed;
      act.current(typed);
    }, 250);
    return () => clearTimeout(timer);
  }, [typed]);
  return <input type="search" class="wide" aria-label={t('desk.search')} placeholder={t('desk.search')} maxLength={200} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />;
}

/** The next page comes by itself when its place comes into sight, and by a button. */
function More({ busy, more, left }: { busy: boolean; more: () => void; left: number }) {
  const place = useRef<HTMLButtonElement>(null);
  const act = useRef(more);
  act.current = more;
  useEffect(() => {
    const button = place.current;
    if (!button) return;
    const watch = new IntersectionObserver(([seen]) => {
      if (seen?.isIntersecting) act.current();
    });
    watch.observe(button);
    return () => watch.disconnect();
  }, [left]);
  return (
    <Act at={place} class="more" off={busy} act={more}>
      {busy ? t('wait') : t('desk.more', { n: number(Math.max(0, left)) })}
    </Act>
  );
}
