/** The page on which one explores: the board, what is chosen on it, and its tables. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Problem } from '../api/client';
import { Failure } from '../shell/Failure';
import { plain, typing } from '../shell/keys';
import type { PageProps } from '../shell/pages';
import { go, opened } from '../state/address';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { inBoth, kindName, language, number, t, type Key } from '../texts';
import { neighbours, paths, SEVERAL, type Found, type Said } from './asking';
import { Bar } from './Bar';
import { MOST, room, type Command } from './board';
import { Canvas, type Tool } from '../graph/Canvas';
import { inCommon, learn } from './known';
import { Side } from './Side';
import { Start } from './Start';
import { Twins } from './Twins';
import { EACH, useBoard } from './useBoard';
import './explore.css';

/** A thing with no more neighbours than this is expanded whole; of others the first of each group. */
const WHOLE = 30;
const FIRST = 12;
/** Neighbours of each group that are compared for those in common. */
const COMPARED = 10_000;
/** Paths that are drawn at once when all are asked for, and of neighbours in common. */
const AT_ONCE = 60;

export function Explore({ me, view }: PageProps) {
  const on = useBoard(view);
  const { board, known, shown, points } = on;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState<string | null>(null);
  const [tool, setTool] = useState<Tool>('point');
  const [said, setSaid] = useState<Said | null>(null);
  const [strong, setStrong] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<Problem | null>(null);

  const there = useMemo(() => new Map(shown.things.map((thing) => [thing.key, thing])), [shown.things]);
  const here = useMemo(() => [...chosen].filter((key) => there.has(key)), [chosen, there]);
  const target = here.length ? here : cursor && there.has(cursor) ? [cursor] : [];
  const subject = target.length === 1 ? (there.get(target[0] ?? '') ?? null) : null;
  const name = (key: string) => known.things.get(key)?.name ?? key;

  const say = (text: Said['text'], found?: Found) => {
    setSaid(found ? { text, paths: found } : { text });
    announce(text[language.value]);
  };
  const tell = (key: Key, blanks: Record<string, string | number> = {}) => {
    say(inBoth((text) => text(key, blanks)));
  };
  const failed = (error: unknown) => setProblem(problemOf(error));
  /** Does something, and says what came of it where less was done than was asked for. */
  const act = (command: Command) => {
    setProblem(null);
    setSaid(null);
    on.act(command);
    if ((command.does === 'add' || command.does === 'expand') && command.keys.filter((key) => !board.held.has(key)).length > room(board)) {
      tell('explore.full', { n: number(MOST) });
    }
  };
  const choose = (keys: readonly string[], how: 'instead' | 'more' | 'toggle') => {
    const next = new Set(how === 'instead' ? [] : chosen);
    for (const key of keys) {
      if (how === 'toggle' && next.has(key)) next.delete(key);
      else next.add(key);
    }
    setChosen(next);
    setSaid((before) => (before?.paths ? before : null));
    announce(next.size === 1 ? name([...next][0] ?? '') : t('explore.chosen', { n: number(next.size) }));
  };
  const point = (key: string | null) => {
    setCursor(key);
    const thing = key === null ? undefined : there.get(key);
    if (!thing) return;
    const marks = [chosen.has(thing.key) && t('explore.is_chosen'), board.pinned.has(thing.key) && t('explore.is_pinned')].filter(Boolean);
    announce([thing.name, kindName(thing.kind), ...marks].join(', '));
  };

  const expand = async (keys: readonly string[]) => {
    setProblem(null);
    for (const key of keys.slice(0, SEVERAL)) {
      const thing = known.things.get(key);
      if (!thing || thing.kind === 'missing') continue;
      try {
        const answer = await neighbours(thing, EACH, board.asOf);
        if (!on.isOf(board.asOf)) return; // of another date than is shown by now
        on.learn(answer);
        const groups = learn(known, answer).groups.get(key) ?? [];
        const all = groups.reduce((n, { total }) => n + total, 0);
        const some = groups.flatMap(({ members, total }) => (all <= WHOLE || total <= FIRST ? members : members.slice(0, FIRST)));
        const fresh = new Set(some.filter((one) => !board.held.has(one)));
        act({ does: 'expand', node: key, keys: some });
        if (!all) tell('explore.alone', { name: thing.name });
        else if (fresh.size <= room(board)) {
          const blanks = { name: thing.name, n: number(fresh.size), all: number(all) };
          tell(some.length < all ? 'explore.expanded_some' : 'explore.expanded', blanks);
        }
      } catch (error) {
        if (on.isOf(board.asOf)) failed(error);
        return;
      }
    }
  };
  const collapse = (keys: readonly string[]) => {
    const before = board.held.size;
    act({ does: 'collapse', nodes: keys });
    tell('explore.collapsed', { name: name(keys[0] ?? ''), n: number(before) });
  };
  const hide = (keys: readonly string[]) => {
    act({ does: 'hide', keys });
    setChosen(new Set());
    setCursor(null);
    tell('explore.hidden', { n: number(keys.length) });
  };
  const pin = (keys: readonly string[]) => {
    if (keys.every((key) => board.pinned.has(key))) {
      on.settle(keys);
      act({ does: 'unpin', keys });
      tell('explore.unpinned', { n: number(keys.length) });
    } else {
      act({ does: 'pin', at: keys.flatMap((key) => (points.has(key) ? [[key, points.get(key) ?? { x: 0, y: 0 }] as const] : [])) });
      tell('explore.pinned', { n: number(keys.length) });
    }
  };
  const trace = async (all: boolean) => {
    const [a, b] = here;
    if (!a || !b) return;
    setProblem(null);
    try {
      const found = await paths(a, b, board.asOf);
      if (!on.isOf(board.asOf)) return;
      if (found.length === null) {
        setStrong(new Set());
        tell('explore.no_path', { a: name(a), b: name(b) });
        return;
      }
      show(found, all ? found.paths : found.paths.slice(0, 1));
    } catch (error) {
      if (on.isOf(board.asOf)) failed(error);
    }
  };
  /** Puts paths on the board, whole ones as far as there is room, and lets them stand out. */
  const show = (found: Found, some: Found['paths']) => {
    const wanted = new Set<string>();
    const links = new Set<string>();
    let drawn = 0;
    for (const one of some) {
      const fresh = one.things.filter((key) => !board.held.has(key) && !wanted.has(key));
      if ([...wanted].filter((key) => !board.held.has(key)).length + fresh.length > Math.min(room(board), some.length > 1 ? AT_ONCE : MOST)) break;
      for (const key of one.things) wanted.add(key);
      for (const key of one.links) links.add(key);
      drawn += 1;
    }
    on.act({ does: 'add', keys: [...wanted].filter((key) => !board.held.has(key)) });
    setStrong(links);
    const blanks = { a: name(found.a), b: name(found.b), n: number(found.length ?? 0), drawn: number(drawn), all: number(found.paths.length) };
    say(inBoth((text) => text(found.capped ? 'explore.paths_capped' : 'explore.paths', blanks)), found);
  };
  const common = async () => {
    setProblem(null);
    try {
      const asked = here.slice(0, SEVERAL).flatMap((key) => there.get(key) ?? []);
      const answers = await Promise.all(asked.map((thing) => neighbours(thing, COMPARED, board.asOf)));
      if (!on.isOf(board.asOf)) return;
      const { keys, cut } = inCommon(answers);
      const some = keys.slice(0, Math.min(AT_ONCE, room(board)));
      act({ does: 'add', keys: some });
      const blanks = { n: number(keys.length), shown: number(some.length), of: number(asked.length) };
      const found = keys.length ? (some.length < keys.length ? 'explore.common_some' : 'explore.common') : 'explore.common_none';
      const text = inBoth((one) =>
        [one(found, blanks), ...cut.map((less) => one('explore.common_cut', { name: name(less.key), shown: number(less.shown), n: number(less.total) }))].join(' '),
      );
      setChosen(new Set([...here, ...keys.slice(0, some.length)]));
      say(text);
    } catch (error) {
      if (on.isOf(board.asOf)) failed(error);
    }
  };
  const open = (key: string) => {
    const thing = there.get(key);
    if (thing && thing.kind !== 'missing') go(opened(thing.kind, thing.id));
  };
  const back = (which: 'redo' | 'undo') => {
    if (!on.can[which]) return;
    on[which]();
    setSaid(null);
    announce(t(which === 'undo' ? 'explore.undone' : 'explore.redone'));
  };
  const clear = () => {
    setChosen(new Set());
    setStrong(new Set());
    act({ does: 'clear' });
    announce(t('explore.cleared'));
  };

  // one listener, which does what is right now: keys may come faster than effects
  const pressed = useRef<(event: KeyboardEvent) => void>(() => undefined);
  pressed.current = (event) => {
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey && (key === 'z' || key === 'y')) back(key === 'y' || event.shiftKey ? 'redo' : 'undo');
    else if (!plain(event)) return;
    else if (key === 'u') back('undo');
    else if (key === 'r') back('redo');
    else if (key === 'escape') {
      setTool('point');
      setStrong(new Set());
      // what is chosen goes first, then the cursor
      if (here.length) choose([], 'instead');
      else setCursor(null);
    } else if (key === 'a' && shown.things.length) choose(shown.things.map((thing) => thing.key), 'instead');
    else if (!target.length) return;
    else if (key === 'e') void expand(target);
    else if (key === 'c') collapse(target);
    else if (key === 'h') hide(target);
    else if (key === 'o') act({ does: 'only', keys: target });
    else if (key === 'p') pin(target);
    else if (key === 't' && here.length === 2) void trace(event.shiftKey);
    else if (key === 'n' && here.length > 1) void common();
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => pressed.current(event);
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);

  const label = t('explore.label', { nodes: number(shown.things.length), edges: number(shown.links.length) });
  const drawing = { things: shown.things, links: shown.links, at: points, chosen, cursor, pinned: board.pinned, strong };
  const wrong = problem ?? on.problem;
  return (
    <div class="explore">
      <h1 class="unseen">{t('nav.explore')}</h1>
      <Bar me={me} on={on} tool={tool} setTool={setTool} drawing={drawing} back={back} clear={clear} act={act} tell={tell} failed={failed} />
      {wrong && <Failure problem={wrong} {...(problem ? {} : { again: on.again })} />}
      {on.outside > 0 && <p class="warning">{t('explore.outside', { n: number(on.outside) })}</p>}
      {board.held.size === 0 && !on.opening && !on.problem ? (
        <Start put={(keys) => act({ does: 'add', keys })} />
      ) : (
        <>
          <div class="work">
            <Canvas
              shown={drawing}
              id="board"
              label={label}
              hint={t('explore.keys_hint')}
              tool={tool}
              fit={on.fit}
              choose={choose}
              point={point}
              rest={setCursor}
              open={open}
              expand={(key) => void expand([key])}
              pin={(at) => act({ does: 'pin', at })}
            />
            <Side
              on={on}
              subject={subject}
              here={here.length > 1 ? here.flatMap((key) => there.get(key) ?? []) : []}
              said={said}
              act={act}
              does={{ expand: (keys) => void expand(keys), collapse, hide, pin, trace: (all) => void trace(all), common: () => void common(), show, open, choose }}
            />
          </div>
          <Twins shown={shown} known={known} pinned={board.pinned} chosen={chosen} toggle={(key) => choose([key], 'toggle')} />
        </>
      )}
    </div>
  );
}
