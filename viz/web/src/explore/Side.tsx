/** Beside the board: what is chosen, what can be done with it, its values with their sources, and what is drawn by kind. */
import { useEffect } from 'preact/hooks';
import { entity, type Schemas } from '../api/client';
import { Panel } from '../entity/Panel';
import { Kinds } from '../graph/Kinds';
import type { Thing } from '../graph/neighbourhood';
import { Failure } from '../shell/Failure';
import { Icon } from '../shell/Icon';
import { useAsked } from '../state/asked';
import { edgeName, kindName, language, number, t } from '../texts';
import { SEVERAL, type Found, type Said } from './asking';
import { MOST, room, type Command } from './board';
import { EACH, type OnBoard } from './useBoard';

/** Added of a group at a time. */
const STEP = 12;
const RELATIONS = 20;
/** Paths that are listed. */
const LISTED = 12;

export interface Does {
  expand: (keys: readonly string[]) => void;
  collapse: (keys: readonly string[]) => void;
  hide: (keys: readonly string[]) => void;
  pin: (keys: readonly string[]) => void;
  trace: (all: boolean) => void;
  common: () => void;
  show: (found: Found, some: Found['paths']) => void;
  open: (key: string) => void;
  choose: (keys: readonly string[], how: 'instead' | 'more' | 'toggle') => void;
}
interface Props {
  on: OnBoard;
  subject: Thing | null;
  here: readonly Thing[];
  said: Said | null;
  act: (command: Command) => void;
  does: Does;
}

export function Side({ on, subject, here, said, act, does }: Props) {
  return (
    <aside class="side" aria-label={t('explore.side')}>
      {said && (
        <div class="said">
          <p>{said.text[language.value]}</p>
          {said.paths && <Paths found={said.paths} on={on} does={does} />}
        </div>
      )}
      {subject && <One key={subject.key} on={on} thing={subject} act={act} does={does} />}
      {here.length > 1 && <Several here={here} on={on} act={act} does={does} />}
      {!subject && here.length < 2 && <p class="quiet">{t('explore.choose')}</p>}
      <Filters on={on} act={act} />
      {subject && subject.kind !== 'missing' && <Values thing={subject} asOf={on.board.asOf} />}
    </aside>
  );
}

function One({ on, thing, act, does }: { on: OnBoard; thing: Thing; act: (command: Command) => void; does: Does }) {
  const { board, known } = on;
  const asked = useAsked<Schemas['Connected']>(
    thing.kind === 'missing' || known.groups.has(thing.key) ? null : `/neighbours/${entity(thing.kind, thing.id)}`,
    { each: EACH, as_of: board.asOf ?? undefined },
  );
  useEffect(() => {
    if (asked.is === 'answered') on.learn(asked.answer);
  }, [asked]);
  const groups = known.groups.get(thing.key);
  const left = room(board);
  const keys = [thing.key];
  return (
    <section class="one" aria-label={thing.name}>
      <h2>
        <Icon kind={thing.kind} /> <span>{thing.name}</span>
      </h2>
      <p class="quiet">
        {thing.type ?? kindName(thing.kind)} · {thing.id}
      </p>
      <div class="bar">
        {thing.kind !== 'missing' && (
          <button type="button" class="main" disabled={left === 0} onClick={() => does.expand(keys)}>
            {t('picture.expand')}
          </button>
        )}
        <button type="button" onClick={() => does.collapse(keys)}>
          {t('explore.collapse')}
        </button>
        <button type="button" onClick={() => does.hide(keys)}>
          {t('explore.hide')}
        </button>
        <button type="button" aria-pressed={board.pinned.has(thing.key)} onClick={() => does.pin(keys)}>
          {t('explore.pin')}
        </button>
        {thing.kind !== 'missing' && (
          <button type="button" onClick={() => does.open(thing.key)}>
            {t('picture.open')}
          </button>
        )}
      </div>
      {thing.kind === 'missing' && <p class="warning">{t('explore.missing')}</p>}
      {asked.is === 'failed' && <Failure problem={asked.problem} />}
      {groups && groups.length > 0 && (
        <>
          <h3>{t('explore.around')}</h3>
          <ul class="around-kinds">
            {groups.map((group) => {
              const fresh = group.members.filter((key) => !board.held.has(key));
              const what = `${edgeName(group.edge, group.direction)} · ${kindName(group.kind)}`;
              return (
                <li key={group.key}>
                  <Icon kind={group.kind} />
                  <span>
                    {what} <span class="quiet">{t('picture.of', { shown: number(group.members.length - fresh.length), total: number(group.total) })}</span>
                  </span>
                  {fresh.length > 0 && (
                    <span class="bar">
                      {fresh.length > STEP && (
                        <button
                          type="button"
                          disabled={left === 0}
                          aria-label={t('explore.add_n', { n: STEP, what })}
                          onClick={() => act({ does: 'expand', node: thing.key, keys: fresh.slice(0, STEP) })}
                        >
                          +{STEP}
                        </button>
                      )}
                      {fresh.length <= left && fresh.length + (group.total - group.members.length) === fresh.length && (
                        <button type="button" aria-label={t('explore.add_n', { n: number(fresh.length), what })} onClick={() => act({ does: 'expand', node: thing.key, keys: fresh })}>
                          +{number(fresh.length)}
                        </button>
                      )}
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
          {groups.some(({ total, members }) => total > members.length) && <p class="quiet">{t('explore.first_of', { n: number(EACH) })}</p>}
        </>
      )}
    </section>
  );
}

function Several({ here, on, act, does }: { here: readonly Thing[]; on: OnBoard; act: (command: Command) => void; does: Does }) {
  const keys = here.map(({ key }) => key);
  return (
    <section class="one" aria-label={t('explore.chosen', { n: number(here.length) })}>
      <h2>{t('explore.chosen', { n: number(here.length) })}</h2>
      {here.length <= 8 && (
        <ul>
          {here.map((thing) => (
            <li key={thing.key}>
              <Icon kind={thing.kind} /> {thing.name}
            </li>
          ))}
        </ul>
      )}
      <div class="bar">
        {here.length === 2 && (
          <>
            <button type="button" class="main" onClick={() => does.trace(false)}>
              {t('explore.path')}
            </button>
            <button type="button" onClick={() => does.trace(true)}>
              {t('explore.all_paths')}
            </button>
          </>
        )}
        <button type="button" disabled={here.length > SEVERAL} title={here.length > SEVERAL ? t('explore.at_most', { n: SEVERAL }) : undefined} onClick={does.common}>
          {t('explore.in_common')}
        </button>
        <button type="button" disabled={here.length > SEVERAL} title={here.length > SEVERAL ? t('explore.at_most', { n: SEVERAL }) : undefined} onClick={() => does.expand(keys)}>
          {t('picture.expand')}
        </button>
        <button type="button" onClick={() => does.collapse(keys)}>
          {t('explore.collapse')}
        </button>
        <button type="button" onClick={() => does.hide(keys)}>
          {t('explore.hide')}
        </button>
        <button type="button" onClick={() => act({ does: 'only', keys })}>
          {t('explore.only')}
        </button>
        <button type="button" aria-pressed={keys.every((key) => on.board.pinned.has(key))} onClick={() => does.pin(keys)}>
          {t('explore.pin')}
        </button>
      </div>
    </section>
  );
}

function Paths({ found, on, does }: { found: Found; on: OnBoard; does: Does }) {
  const name = (key: string) => on.known.things.get(key)?.name ?? key.slice(key.indexOf(':') + 1);
  return (
    <ol class="paths" aria-label={t('explore.paths_list')}>
      {found.paths.slice(0, LISTED).map((one, k) => (
        <li key={k}>
          <button type="button" onClick={() => does.show(found, [one])}>
            {one.things.map(name).join(' → ')}
          </button>
        </li>
      ))}
      {found.paths.length > LISTED && <li class="quiet">{t('explore.paths_more', { n: number(found.paths.length - LISTED) })}</li>}
    </ol>
  );
}

function Filters({ on, act }: { on: OnBoard; act: (command: Command) => void }) {
  if (!on.shown.kinds.size) return null;
  return (
    <section class="filters" aria-label={t('explore.legend')}>
      <h2>
        {t('explore.legend')} <small>{t('explore.so_many', { n: number(on.board.held.size), most: number(MOST) })}</small>
      </h2>
      <Kinds found={on.shown} without={on.board.without} set={(what, drawn) => act({ does: 'filter', what, drawn })} />
    </section>
  );
}

function Values({ thing, asOf }: { thing: Thing; asOf: string | null }) {
  const asked = useAsked<Schemas['Dossier']>(`/show/${entity(thing.kind, thing.id)}`, { relations: RELATIONS, as_of: asOf ?? undefined });
  if (asked.is === 'failed') return asked.problem.code === 'unknown_id' ? null : <Failure problem={asked.problem} />;
  if (asked.is === 'asking') return <p class="quiet">{t('wait')}</p>;
  return <Panel found={asked.answer} inside />;
}
