/** The city map: any part of any city, drawn with as many marks as fit, gone into and left by click, wheel and keyboard. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import type { PageProps } from '../shell/pages';
import { format, go, page } from '../state/address';
import { announce } from '../state/announce';
import { useAsked } from '../state/asked';
import { number, t } from '../texts';
import { Attribution, Beneath } from './Beneath';
import { Chosen, pageOf } from './Chosen';
import { share } from './camera';
import { CityPicture, type Hand } from './CityPicture';
import { Dates } from './Dates';
import { Chips, Filters } from './Filters';
import { boundsOf, boundsOfBox, boxOf, frame, NETWORK, outline, stands, typical, type Bounds, type Mark } from './frame';
import { Legend } from './Legend';
import './map.css';
import { Minimap } from './Minimap';
import { COLOURINGS, hold, inside, LAYOUTS, path, read, SIZES, WHOLE, type Colouring, type Question, type Size } from './question';
import { Print } from '../wall/Print';
import { Rows } from './Rows';
import { useGround } from './useGround';
import { lastVisit } from './visit';
import { levelName, lineOf, nameOf, unplaced } from './saying';
import type { Scene } from './scene';

type View = Schemas['CityView'];
const NONE: ReadonlySet<string> = new Set();

export function MapPage({ me, view: { held } }: PageProps) {
  const question = useMemo(() => read(held), [held]);
  const [turn, setTurn] = useState(0);
  const asked = useAsked<View>(path(question), {}, turn);
  const answered = asked.is === 'answered' ? asked.answer : null;
  const last = useRef<View | null>(null);
  if (answered) last.current = answered;
  const shown = last.current;
  const failed = asked.is === 'failed';
  return (
    <div class="map">
      {failed && (
        <>
          <h1>{t('map.title')}</h1>
          <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />
          <a href={format(page('map'))}>{t('map.whole')}</a>
        </>
      )}
      {!failed && !shown && (
        <>
          <h1>{t('map.title')}</h1>
          <p class="quiet" role="status">
            {t('map.loading')}
          </p>
        </>
      )}
      {!failed && shown && <Shown question={question} view={shown} waiting={answered === null} audits={me.role === 'auditor' || me.role === 'administrator'} plans={me.role === 'planner' || me.role === 'administrator'} />}
    </div>
  );
}

/** What a wall map of a view is of: the district or street that it is in. */
function printed({ path }: View): string | undefined {
  return path.filter(({ level }) => level === 'district' || level === 'street').at(-1)?.opens.in ?? undefined;
}

function printedName({ path }: View, whole: string): string {
  return path.filter(({ level }) => level === 'district' || level === 'street').at(-1)?.name ?? whole;
}

/** Where a question's view lies in the square, whatever part of it is shown. */
function scope(question: Question): string {
  return JSON.stringify([question.in, question.at, question.layout]);
}

function Shown({ question, view, waiting, audits, plans }: { question: Question; view: View; waiting: boolean; audits: boolean; plans: boolean }) {
  const [scene, setScene] = useState<Scene | null>(null);
  const [seen, setSeen] = useState<Bounds | null>(null);
  const [lost, setLost] = useState(false);
  const plain = useMemo(() => frame(view.extent ?? null, view.side), [view.side, String(view.extent)]);
  const ground = useGround(seen && plain.known && question.layout === 'geographic' ? boxOf(plain, 'geographic', seen) : null, 700);
  const on = useMemo(() => frame(view.extent ?? null, view.side, ground.boundaries), [view.side, String(view.extent), ground.boundaries]);
  const [ties, setTies] = useState<ReadonlySet<string> | null>(null);
  const hand = useRef<Hand | null>(null);
  /** The address that was asked for with the camera left where it is; any other comes with the camera on it. */
  const stayed = useRef<string | null>(null);
  const wholes = useRef(new Map<string, Bounds>());
  const status = useAsked<Schemas['Holdings']>('/status');
  const batches = status.is === 'answered' ? status.answer.batches : [];
  const newest = batches.reduce((most, { id }) => Math.max(most, id), 0);
  const visit = useMemo(() => (newest ? lastVisit(newest) : null), [newest]);
  const changed = useMemo(() => new Set(view.marks.filter(({ changed: n }) => n).map(({ id }) => id)), [view]);
  const layout = on.known ? question.layout : 'network';
  const overview = useAsked<View>(path({ ...WHOLE, date: question.date }).replace('limit=1000', 'level=district'));

  const whole = useMemo((): Bounds => {
    if (question.in === null && !question.box && !question.at && layout === 'network') return NETWORK;
    const areas = view.marks.map((mark) => outline(on, layout, mark));
    // what has no outline counts by where it stands, but for what stands far from all others
    const alone = typical(view.marks.filter((_, k) => !areas[k]).map((mark) => stands(on, layout, mark)).filter((at) => at !== null));
    const found = boundsOf([...areas.flatMap((area) => area ?? []), ...alone]) ?? NETWORK;
    if (!boxed(view, question)) {
      wholes.current.set(scope({ ...question, layout }), found);
      return found;
    }
    return wholes.current.get(scope({ ...question, layout })) ?? (question.box ? boundsOfBox(on, layout, question.box) : found);
  }, [view, layout]);

  const ask = useCallback((next: Question, how: 'new' | 'instead' = 'new', stays = false) => {
    const asked = page('map', hold(next));
    stayed.current = stays ? format(asked) : null;
    go(asked, how);
  }, []);
  const name = view.path.at(-1)?.name ?? question.in ?? t('map.whole');
  const open = (mark: Mark, stays: boolean) => {
    if (mark.counts) ask(inside(question, mark.opens), 'new', stays);
    else {
      const its = pageOf(mark);
      if (its) go(its);
    }
  };
  const up = (stays: boolean) => {
    if (question.in === null && question.at === null) return;
    const above = view.path.at(-2);
    ask(above ? inside(question, above.opens) : { ...question, in: null, at: null, box: null, rows: false, chosen: null }, 'new', stays);
  };
  const choose = (id: string | null) => ask({ ...question, chosen: id }, 'instead', true);
  const drift = (bounds: Bounds, part: boolean) => {
    // there is more of a part only where something was left out
    if (part && (view.left_out.length > 0 || question.box)) ask({ ...question, layout, box: boxOf(on, layout, bounds) }, 'instead', true);
    else if (!part && question.box) ask({ ...question, box: null }, 'instead', true);
  };
  const chosen = view.marks.find(({ id }) => id === question.chosen) ?? null;
  const drawnTies = ties ?? (question.in === null ? NONE : new Set(view.links.map(({ kind }) => kind)));

  useEffect(() => {
    if (waiting || !scene) return;
    announce(t('map.said', { name, marks: number(scene.marks.length), level: levelName(scene.level), organizations: number(view.totals.organizations), units: number(view.totals.units) }));
  }, [view, waiting, scene?.level, scene?.marks.length]);
  useEffect(() => {
    if (chosen) announce([nameOf(chosen), ...lineOf(chosen, view)].join(', '));
  }, [question.chosen]);

  return (
    <>
      <h1>{question.in === null ? t('map.title') : t('map.title.in', { name })}</h1>
      <nav class="crumbs" aria-label={t('map.path')}>
        <ol>
          <li>
            <a href={format(page('map', hold({ ...question, in: null, at: null, box: null, rows: false, chosen: null })))} aria-current={view.path.length ? undefined : 'location'}>
              {t('map.whole')}
            </a>
          </li>
          {view.path.map((step, k) => (
            <li key={step.level}>
              <a href={format(page('map', hold(inside(question, step.opens))))} aria-current={k === view.path.length - 1 ? 'location' : undefined}>
                {step.name ?? t(`map.nowhere.${step.level === 'district' || step.level === 'street' ? step.level : 'place'}`)}
              </a>
            </li>
          ))}
        </ol>
        {view.path.length > 0 && (
          <button type="button" onClick={() => up(false)}>
            <span aria-hidden="true">↑ </span>
            {t('map.up')}
          </button>
        )}
      </nav>
      <div class="bar controls">
        <span class="choice" role="group" aria-label={t('map.layout')}>
          {LAYOUTS.map((one) => (
            <button key={one} type="button" aria-pressed={layout === one} disabled={one === 'geographic' && !on.known} onClick={() => ask({ ...question, layout: one, box: null })}>
              {t(`map.layout.${one}`)}
            </button>
          ))}
        </span>
        <label>
          {t('map.colour')}{' '}
          <select value={question.colour} onChange={(event) => ask({ ...question, colour: event.currentTarget.value as Colouring }, 'new', true)}>
            {COLOURINGS.filter((one) => (one !== 'finding' || audits) && (one !== 'group' || plans)).map((one) => (
              <option key={one} value={one}>
                {t(`map.colour.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('map.size')}{' '}
          <select value={question.size} onChange={(event) => ask({ ...question, size: event.currentTarget.value as Size }, 'new', true)}>
            {SIZES.map((one) => (
              <option key={one} value={one}>
                {t(`map.size.${one}`)}
              </option>
            ))}
          </select>
        </label>
        <Dates date={question.date} shown={view.as_of} batches={batches} latest={status.is === 'answered' ? status.answer.latest : null} change={(date) => ask({ ...question, date, box: null }, 'new', true)} />
        {(visit !== null || question.since !== null) && (
          <button type="button" aria-pressed={question.since !== null} disabled={visit === newest && question.since === null} onClick={() => ask({ ...question, since: question.since === null ? visit : null }, 'new', true)}>
            {t('map.since')}
          </button>
        )}
        <Print within={printed(view)} name={printedName(view, name)} date={question.date ?? undefined} />
      </div>
      <Chips view={view} question={question} ask={ask} />
      {!on.known && <p class="warning">{t('map.unknown')}</p>}
      <div class="stage">
        <div class={waiting ? 'picture waiting' : 'picture'} aria-busy={waiting}>
          <CityPicture
            label={t('map.label', { name, marks: number(scene?.marks.length ?? 0), level: levelName(scene?.level ?? 'district') })}
            view={view}
            on={on}
            layout={layout}
            colour={view.colour}
            chosen={question.chosen}
            rows={question.rows}
            size={question.size}
            ties={drawnTies}
            changed={changed}
            whole={whole}
            stay={stayed.current === format(page('map', hold(question)))}
            choose={choose}
            open={open}
            up={up}
            drift={drift}
            drawn={setScene}
            seen={setSeen}
            hand={hand}
            tiles={ground.wanted ? ground.tiles : null}
            tiled={(came, missed) => setLost(came === 0 ? missed > 2 : missed > came)}
          />
          {layout === 'geographic' && <Attribution ground={ground} lost={lost} />}
          {view.marks.length === 0 && <p class="nothing">{t('map.empty')}</p>}
          <div class="zoom">
            <button type="button" aria-label={t('map.zoom_in')} onClick={() => hand.current?.zoom('in')}>
              +
            </button>
            <button type="button" aria-label={t('map.zoom_out')} onClick={() => hand.current?.zoom('out')}>
              −
            </button>
            <button type="button" onClick={() => hand.current?.zoom('fit')}>
              {t('map.fit')}
            </button>
          </div>
          {overview.is === 'answered' && seen && share(seen, NETWORK) < 0.95 && <Minimap view={overview.answer} on={on} layout={layout} seen={seen} centre={(at) => hand.current?.centre(at)} />}
        </div>
        <aside class="beside" aria-label={t('map.panel')}>
          <Chosen view={view} question={question} mark={chosen} open={(mark) => open(mark, false)} />
          <Legend view={view} question={question} ties={drawnTies} ask={ask} draw={setTies} />
          <Beneath ground={ground} geographic={layout === 'geographic'} lost={lost} />
          <Filters view={view} question={question} ask={ask} />
        </aside>
      </div>
      <Notes question={question} view={view} scene={scene} all={() => ask({ ...question, box: null })} />
      <p class="quiet small" id="map-keys">
        {t('map.keys')}
      </p>
      <Rows view={view} question={question} choose={choose} />
    </>
  );
}

/** Whether a view is only of a part of what its question's scope holds: it may still be the former question's. */
function boxed(view: View, question: Question): boolean {
  return question.box !== null || view.in !== question.in || view.at !== question.at;
}

/** What is not drawn, and why: always with its number. */
function Notes({ question, view, scene, all }: { question: Question; view: View; scene: Scene | null; all: () => void }) {
  const said: string[] = [];
  if (scene && scene.level !== 'organization' && scene.marks.length > 0) {
    const sum = (of: 'organizations' | 'units') => number(scene.marks.reduce((all, { counts }) => all + (counts?.[of] ?? 0), 0));
    said.push(t('map.drawn', { marks: number(scene.marks.length), level: levelName(scene.level), organizations: sum('organizations'), units: sum('units') }));
  }
  const left = view.left_out.map(({ level, marks, organizations, units }) => {
    const numbers = { organizations: number(organizations), units: number(units) };
    return level === 'organization' ? t('map.left.rows', numbers) : t('map.left', { ...numbers, marks: number(marks), level: levelName(level) });
  });
  if (left.length) said.push(`${left.join(' ')} ${t('map.left.how')}`);
  if (scene) said.push(...unplaced(scene.nowhere, scene.level));
  const outliers = (scene?.outlines ?? []).reduce((all, { outliers: n }) => Math.max(all, n ?? 0), 0);
  if (question.layout === 'geographic' && outliers) said.push(t('map.outliers', { n: number(outliers) }));
  if (view.changed) said.push(t('map.changed', { organizations: number(view.changed.organizations), units: number(view.changed.units) }));
  if (view.links_left_out) said.push(t('map.left.links', { n: number(view.links_left_out) }));
  if (!said.length && !question.box) return null;
  return (
    <div class="notes" role="note">
      {question.box && (
        <p>
          {t('map.box')}{' '}
          <button type="button" onClick={all}>
            {t('map.box.all')}
          </button>
        </p>
      )}
      {said.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}
