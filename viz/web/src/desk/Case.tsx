/** One finding: what shows it as a hierarchy, the rule's clause beside it, the rows as they were read, the repair, and what was done. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { entity, type Schemas } from '../api/client';
import { Hierarchy } from '../entity/Hierarchy';
import { worded } from '../entity/value';
import { Failure } from '../shell/Failure';
import { Icon } from '../shell/Icon';
import { format, opened as entityOf } from '../state/address';
import { announce } from '../state/announce';
import { useAsked } from '../state/asked';
import { nowhere } from '../state/focus';
import { Table } from '../table/Table';
import { edgeName, kindName, language, number, t } from '../texts';
import { Grave, Stand } from './Badge';
import type { Action } from './bulk';
import { evidence, said, saidName, type Piece } from './evidence';
import { ACTIONS } from './Handle';
import type { Place } from './place';
import { Sources } from './Sources';

type Opened = Schemas['OpenedFinding'];

interface Props {
  id: string;
  turn: number;
  /** Asks for all of it once more. */
  again: () => void;
  /** Whether one is asked what to record. */
  asking: boolean;
  place: Place | null;
  back: () => void;
  step: (by: 1 | -1) => void;
  act: (action: Action) => void;
}

/** Nothing done again that stands already. */
const LEADS: Record<Action, string> = { confirm: 'confirmed', dismiss: 'dismissed', repair: 'repaired', reopen: 'open' };

export function Case({ id, turn, again, asking, place, back, step, act }: Props) {
  const asked = useAsked<Opened>(`/findings/open/${encodeURIComponent(id)}`, {}, turn);
  const last = useRef<Opened | null>(null);
  if (asked.is === 'answered') last.current = asked.answer;
  const found = asked.is === 'answered' ? asked.answer : last.current; // what was done shows without a blink
  const title = useRef<HTMLHeadingElement>(null);
  const there = found !== null;
  useEffect(() => {
    if (!there) return;
    title.current?.focus();
    document.getElementById('main')?.scrollTo(0, 0);
  }, [there]);
  const lang = language.value;
  const at = place?.at ?? null;
  const state = found?.finding?.handling?.state ?? found?.history.at(-1)?.state ?? 'open';
  useEffect(() => {
    // the button that said what was to be recorded goes with what it said: the result stands by the heading
    if (there && turn > 0 && !asking && nowhere()) title.current?.focus();
  }, [state, asking]);
  return (
    <article class="case">
      <div class="bar">
        <button type="button" onClick={back}>
          ← {t('desk.back')}
        </button>
        {place && at !== null && (
          <span class="quiet">
            {number(at)} / {number(place.of)}
          </span>
        )}
        <button type="button" disabled={!place?.previous} onClick={() => step(-1)}>
          {t('desk.previous')}
        </button>
        <button type="button" disabled={!place?.next} onClick={() => step(1)}>
          {t('desk.next')}
        </button>
        {found && (
          <span class="bar acts">
            {ACTIONS.filter((action) => LEADS[action] !== state).map((action) => (
              <button key={action} type="button" class={action === 'confirm' ? 'main' : undefined} onClick={() => act(action)}>
                {t(`desk.${action}`)}
              </button>
            ))}
          </span>
        )}
      </div>
      {asked.is === 'failed' && <Failure problem={asked.problem} again={again} />}
      {!found && asked.is === 'asking' && <p class="quiet">{t('desk.auditing')}</p>}
      {found && (
        <>
          <h1 ref={title} tabIndex={-1}>
            {found.rule?.title[lang] ?? found.id}
          </h1>
          <p class="marks">
            {found.finding && <Grave severity={found.finding.severity} />}
            <Stand state={state} />
            <span class="quiet">
              {[found.id, found.district, found.street, t('entity.as_of', { date: found.as_of })].filter(Boolean).join(' · ')}
            </span>
          </p>
          {!found.found && <p class="warning">{t('desk.gone')}</p>}
          {found.finding?.handling?.evidence_changed && <p class="warning">{t('desk.evidence_changed')}</p>}
          {found.finding && <Shown found={found} finding={found.finding} />}
          <History history={found.history} />
        </>
      )}
    </article>
  );
}

function Shown({ found, finding }: { found: Opened; finding: Schemas['Finding'] }) {
  const lang = language.value;
  const known = found.kind === 'organization' || found.kind === 'unit' ? found.kind : null;
  const asked = useAsked<Schemas['Chain']>(known ? `/chain/${entity(known, finding.subject)}` : null);
  const chain = asked.is === 'answered' ? asked.answer : null;
  const pieces = finding.evidence as Piece[];
  const drawn = useMemo(() => evidence(pieces, found.named, chain), [finding, found.named, chain]);
  const names = new Map(found.named.map((one) => [one.id, one.name ?? one.id]));
  const called = (id: unknown) => (typeof id === 'string' ? (names.get(id) ?? id) : worded(id));
  const announced = useRef('');
  useEffect(() => {
    if (announced.current === finding.id) return;
    announced.current = finding.id;
    announce(finding.message[lang]);
  }, [finding.id]);
  return (
    <>
      <p class="message">
        {known && (
          <a href={format(entityOf(known, finding.subject))}>
            <Icon kind={known} /> {found.name ?? finding.subject}
          </a>
        )}
        <span>{finding.message[lang]}</span>
      </p>
      <div class="shown">
        <section aria-label={t('desk.evidence')}>
          <h2>{t('desk.evidence')}</h2>
          {drawn.boxes.length > 0 ? (
            <Hierarchy
              drawn={drawn}
              here={({ station }) => station.id === finding.subject}
              region={t('desk.evidence')}
              label={t('desk.evidence_label', { n: number(drawn.boxes.length), marked: number(drawn.marks.boxes.size) })}
              marks={{ ...drawn.marks, says: t('desk.at_fault') }}
            />
          ) : (
            <p class="quiet">{t('desk.nothing_drawn')}</p>
          )}
          <p class="quiet">{t('desk.evidence_how')}</p>
        </section>
        <aside class="clauses" aria-label={t('desk.clauses')}>
          {found.clauses.map((clause, k) => (
            <blockquote key={clause.id} class={k ? 'also' : undefined}>
              <h2>
                {clause.id} <span class="quiet">{clause.where}</span>
              </h2>
              <p lang={lang === 'zh' ? 'zh-CN' : 'en'}>{clause.text[lang]}</p>
              <p class="quiet" lang={lang === 'zh' ? 'en' : 'zh-CN'}>
                {clause.text[lang === 'zh' ? 'en' : 'zh']}
              </p>
            </blockquote>
          ))}
          {finding.due.length > 0 && (
            <p class={finding.state === 'overdue' ? 'warning' : undefined}>
              {t(finding.state === 'overdue' ? 'desk.overdue' : 'desk.not_due', { date: finding.due.join(' / ') })}
            </p>
          )}
          <Repair repair={finding.repair} />
        </aside>
      </div>
      <Sources rows={found.rows} />
      <Table
        name={t('desk.evidence_table')}
        file={`evidence_${finding.id}`}
        head={[t('desk.evidence_what'), t('column.from'), t('column.to'), t('desk.evidence_says')]}
        rows={pieces.map((piece, k) => {
          const node = piece['node'];
          const kind = typeof piece['kind'] === 'string' ? piece['kind'] : '';
          const values = said(piece)
            .map(([name, value]) => `${saidName(kind, name)}: ${typeof value === 'string' ? (names.get(value) ?? worded(value, { kind, property: name })) : worded(value, { kind, property: name })}`)
            .join('；');
          const one = found.named.find(({ id }) => id === node);
          return typeof node === 'string'
            ? { key: String(k), cells: [called(node), kindName(kind), node, values], to: one?.there ? entityOf(one.kind, node) : undefined }
            : { key: String(k), cells: [typeof piece['edge'] === 'string' ? edgeName(piece['edge']) : '', called(piece['from'] ?? null), called(piece['to'] ?? null), values] };
        })}
      />
    </>
  );
}

function Repair({ repair }: { repair: Record<string, unknown> }) {
  const none = repair['none'] as { zh: string; en: string } | undefined;
  const to = repair['to'];
  return (
    <section class="repair" aria-label={t('desk.repair_h')}>
      <h2>{t('desk.repair_h')}</h2>
      {none ? (
        <p>
          {t('desk.no_repair')} {none[language.value]}
        </p>
      ) : 'sheet' in repair ? (
        <>
          <p>{t('desk.repair_where', { sheet: worded(repair['sheet']), key: worded(repair['key']), column: worded(repair['column']) })}</p>
          <p class="edit">
            <del>{worded(repair['from'])}</del> → <ins>{to === null ? t('desk.blank') : worded(to)}</ins>
          </p>
        </>
      ) : (
        <p>{t('desk.no_repair')}</p>
      )}
    </section>
  );
}

function History({ history }: { history: Opened['history'] }) {
  if (!history.length) return <p class="quiet">{t('desk.untouched')}</p>;
  return (
    <section aria-label={t('desk.history')}>
      <h2>{t('desk.history')}</h2>
      <ol class="history">
        {history.map((one, k) => (
          <li key={k}>
            <span class="quiet">{one.decided}</span> <Stand state={one.state} /> {one.note}{' '}
            <span class="quiet">{[one.office, one.due && t('desk.until', { date: one.due })].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
