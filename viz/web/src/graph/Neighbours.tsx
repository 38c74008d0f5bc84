/** The neighbours of an entity: picture, what may be expanded by kind with its count, legend, and the twin of what is drawn. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { entity, get, overtaken, type Problem, type Schemas } from '../api/client';
import type { Point } from '../geometry/plane';
import { Failure } from '../shell/Failure';
import { Icon } from '../shell/Icon';
import { go, opened, view as current, type EntityView } from '../state/address';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { Table } from '../table/Table';
import { edgeName, kindName, number, t } from '../texts';
import { Kinds } from './Kinds';
import { close, drawn, fewer, keyOf, more, MOST, open, shownOf, type Neighbourhood, type Thing } from './neighbourhood';
import { Picture } from './Picture';
import { positions } from './positions';
import { sift, type Sifted } from './sifting';

function parted(key: string): { kind: string; id: string } {
  const at = key.indexOf(':');
  return { kind: key.slice(0, at), id: key.slice(at + 1) };
}

export function Neighbours({ view, name }: { view: EntityView; name: string }) {
  const { kind, id } = view;
  const [now, setNow] = useState<Neighbourhood | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const ending = useRef(new AbortController());
  const kept = useRef<Map<string, Point>>(new Map());

  const around = (thing: { kind: string; id: string }) => get<Schemas['Connected']>(`/neighbours/${entity(thing.kind, thing.id)}`, { each: MOST }, ending.current.signal);
  const failed = (error: unknown) => {
    if (!overtaken(error)) setProblem(problemOf(error));
  };
  const last = useRef({ kind, id });
  const ask = (thing: { kind: string; id: string }) => {
    last.current = thing;
    setProblem(null);
    around(thing).then((answer) => {
      const key = keyOf(answer.kind, answer.id);
      setNow((before) => open(before, answer));
      hold((here) => ({ open: [...here.open.filter((one) => one !== key), key], at: key }));
    }, failed);
  };
  useEffect(() => {
    ending.current = new AbortController();
    // what the address says is expanded is asked for together, and opened in its order
    const asked = [{ kind, id }, ...view.open.map(parted)].map((thing) => around(thing));
    for (const other of asked) other.catch(() => undefined);
    const begin = async () => {
      for (const [k, answer] of asked.entries()) {
        const found = k ? await answer.catch(() => null) : await answer; // what is not there any more is passed over
        if (found) setNow((before) => open(before, found));
      }
    };
    begin().catch(failed);
    return () => ending.current.abort();
  }, [kind, id, turn]);
  const hold = (change: (here: EntityView) => Partial<EntityView>) => {
    const here = current.value;
    if (here.name === 'entity' && here.kind === kind && here.id === id) go({ ...here, ...change(here) }, 'instead');
  };
  const setChosen = (key: string | null) => hold(() => ({ at: key === now?.focus ? null : key }));

  const again = () => {
    setProblem(null);
    if (now) ask(last.current);
    else setTurn(turn + 1);
  };

  const all = useMemo(() => now && drawn(now), [now]);
  // what is filtered out keeps its place: it is there again where it was
  const at = useMemo(() => {
    if (!now || !all) return new Map<string, Point>();
    return (kept.current = positions(now.focus, all.things, all.links, kept.current));
  }, [now, all]);
  const without = view.without.join('.');
  const left = useMemo(() => all && sift(all.things, all.links, new Set(view.without), now?.focus), [all, without]);
  if (problem && !now) return <Failure problem={problem} again={again} />;
  if (!now || !all || !left) return <p class="quiet">{t('wait')}</p>;
  const chosen = left.things.find(({ key }) => key === view.at)?.key ?? now.focus;

  const thing = now.things.get(chosen);
  const full = all.things.length >= MOST;
  const page = (key: string) => {
    const found = now.things.get(key);
    if (found && found.kind !== 'missing') go(opened(found.kind, found.id));
  };
  const change = (next: Neighbourhood) => {
    setNow(next);
    hold((here) => ({ open: here.open.filter((key) => next.groups.has(key)) }));
    const { things, links } = drawn(next);
    say(sift(things, links, new Set(view.without), next.focus));
  };
  const say = ({ things, links }: Pick<Sifted, 'things' | 'links'>) => {
    announce(t('picture.label', { name, nodes: things.length, edges: links.length }));
  };
  const filter = (what: string, there: boolean) => {
    const others = view.without.filter((one) => one !== what);
    const next = there ? others : [...others, what];
    hold(() => ({ without: next }));
    say(sift(all.things, all.links, new Set(next), now.focus));
  };
  return (
    <>
      <div class="around">
        <Picture
          label={t('picture.label', { name, nodes: left.things.length, edges: left.links.length })}
          focus={now.focus}
          chosen={chosen}
          things={left.things}
          links={left.links}
          at={at}
          choose={setChosen}
          open={page}
        />
        {thing && (
          <section class="groups" aria-label={t('picture.groups', { name: thing.name })}>
            <label>
              {t('picture.select')}
              <select value={thing.key} onChange={(event) => setChosen(event.currentTarget.value)}>
                {left.things.map(({ key, name: called }) => (
                  <option key={key} value={key}>
                    {called}
                  </option>
                ))}
              </select>
            </label>
            <Groups now={now} thing={thing} full={full} change={change} ask={ask} page={page} />
            {full && <p class="warning">{t('picture.full', { n: number(MOST) })}</p>}
            {problem && <Failure problem={problem} again={again} />}
            <div class="legend" role="group" aria-label={t('explore.legend')}>
              <Kinds found={left} without={new Set(view.without)} set={filter} />
            </div>
          </section>
        )}
      </div>
      {left.links.length === 0 && <p>{t('picture.none')}</p>}
      <Table
        name={t('entity.tab.neighbours')}
        file={`neighbours_${id}`}
        head={[t('column.name'), t('column.kind'), t('column.type'), t('column.code')]}
        rows={left.things.map((one) => ({
          key: one.key,
          cells: [one.name, kindName(one.kind), one.type, one.id],
          to: one.kind === 'missing' ? undefined : opened(one.kind, one.id),
        }))}
      />
      <Table
        name={t('entity.relations')}
        file={`edges_${id}`}
        head={[t('column.from'), t('column.relation'), t('column.to'), t('column.via')]}
        rows={left.links.map((link) => ({
          key: link.key,
          cells: [now.things.get(link.from)?.name ?? link.from, edgeName(link.kind), now.things.get(link.to)?.name ?? link.to, link.via],
        }))}
      />
    </>
  );
}

interface GroupsProps {
  now: Neighbourhood;
  thing: Thing;
  full: boolean;
  change: (next: Neighbourhood) => void;
  ask: (thing: Thing) => void;
  page: (key: string) => void;
}

function Groups({ now, thing, full, change, ask, page }: GroupsProps) {
  const groups = now.groups.get(thing.key);
  return (
    <>
      <div class="bar">
        {!groups && thing.kind !== 'missing' && (
          <button type="button" class="main" disabled={full} onClick={() => ask(thing)}>
            {t('picture.expand')}
          </button>
        )}
        {groups && thing.key !== now.focus && (
          <button type="button" onClick={() => change(close(now, thing.key))}>
            {t('picture.close')}
          </button>
        )}
        {thing.key !== now.focus && thing.kind !== 'missing' && (
          <button type="button" onClick={() => page(thing.key)}>
            {t('picture.open')}
          </button>
        )}
      </div>
      <ul>
        {groups?.map((group) => {
          const shown = shownOf(now, group);
          const what = `${edgeName(group.edge, group.direction)} · ${kindName(group.kind)}`;
          return (
            <li key={group.key}>
              <Icon kind={group.kind} />
              <span>
                {what} <span class="quiet">{t('picture.of', { shown: number(shown), total: number(group.total) })}</span>
              </span>
              <span class="bar">
                {shown < group.total && (
                  <button type="button" disabled={full} aria-label={`${t('picture.more')}: ${what}`} onClick={() => change(more(now, thing.key, group.key))}>
                    {t('picture.more')}
                  </button>
                )}
                {shown > 0 && (
                  <button type="button" aria-label={`${t('picture.fewer')}: ${what}`} onClick={() => change(fewer(now, thing.key, group.key))}>
                    {t('picture.fewer')}
                  </button>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
