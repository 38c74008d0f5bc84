/** Codes that may stand for one organization: what speaks for it, weight by weight, both side by side; one says which it is. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { entity, post, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { format, opened } from '../state/address';
import { announce } from '../state/announce';
import { Recording, type Field } from '../recording/Recording';
import { isComing, problemOf, shownOf, useAsked } from '../state/asked';
import { nowhere } from '../state/focus';
import { language, number, t } from '../texts';
import { worded } from '../entity/value';
import { pairValues, weightKey } from './pairs';

type Pair = Schemas['Duplicates']['pairs'][number];
type Decision = Schemas['Decision'];
type Dossier = Schemas['Dossier'];
interface Wanted {
  path: '/decide/distinct' | '/decide/merge' | '/decide/withdraw';
  title: string;
  says: string;
  body: Record<string, string>;
}

const today = () => new Date().toLocaleDateString('sv');
const FIELDS: readonly Field[] = [
  { name: 'office', label: 'desk.deciding_office', kind: 'line', required: true },
  { name: 'reason', label: 'desk.reason', kind: 'text', required: true },
  { name: 'date', label: 'desk.decided_on', kind: 'date', required: true },
];
const PAIRS = 200;

export function Duplicates() {
  const [turn, setTurn] = useState(0);
  // comparing a city takes long: it is done anew where a decision that the answer rests on is withdrawn, not for each that is made
  const [compared, setCompared] = useState(0);
  const asked = useAsked<Schemas['Duplicates']>('/duplicates', {}, compared);
  const decided = useAsked<Schemas['Decisions']>('/decide/list', {}, turn);
  const [open, setOpen] = useState<string | null>(null);
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const said = useRef<HTMLParagraphElement>(null);
  /** After something was recorded: the place of the pair in its list, whose next one the focus goes to. */
  const landing = useRef<number | null>(null);
  useEffect(() => {
    const at = landing.current;
    if (at === null || wanted !== null || isComing(asked) || isComing(decided)) return;
    landing.current = null;
    if (!nowhere()) return;
    const buttons = list.current?.querySelectorAll<HTMLElement>('.pair') ?? [];
    (buttons[Math.min(at, buttons.length - 1)] ?? said.current)?.focus();
  }, [wanted, asked, decided]);
  const found = shownOf(asked); // what was compared is shown until it has been anew
  if (asked.is === 'failed') return <Failure problem={asked.problem} again={() => setCompared(compared + 1)} />;
  if (found === null) return <p class="quiet">{t('desk.comparing_codes')}</p>;
  const { pairs, totals, least } = found;
  const key = (a: string, b: string) => [a, b].sort().join('|');
  const left = pairs.filter((pair) => !gone.has(key(pair.a, pair.b)));
  const made = (shownOf(decided)?.decisions ?? []).filter((one) => !one.withdrawn && (one.type === 'merge' || one.type === 'distinct'));
  const send = async (given: Record<string, string>) => {
    if (!wanted) return;
    const answer = await post<Decision>(wanted.path, { ...wanted.body, ...given });
    const pair = answer.object === null ? null : key(answer.subject, answer.object);
    if (pair) {
      const next = new Set(gone);
      if (answer.withdrawn) next.delete(pair);
      else next.add(pair);
      setGone(next);
    }
    landing.current = answer.withdrawn ? 0 : Math.max(0, left.findIndex((one) => key(one.a, one.b) === pair));
    setOpen(null);
    setTurn(turn + 1);
    if (answer.withdrawn) setCompared(compared + 1);
    announce(t(answer.withdrawn ? 'desk.withdrawn' : 'desk.decided'));
  };
  return (
    <div class="duplicates" aria-busy={asked.is === 'asking'}>
      <p ref={said} tabIndex={-1}>
        {t('desk.pairs', { n: number(left.length), least })}
        {totals.not_compared > 0 && <span class="quiet"> · {t('desk.not_compared', { n: number(totals.not_compared) })}</span>}
      </p>
      {!left.length && <p class="empty">{t('desk.no_pairs')}</p>}
      <ul ref={list} class="pairs">
        {left.slice(0, PAIRS).map((pair) => {
          const id = key(pair.a, pair.b);
          return (
            <li key={id}>
              <button type="button" class="pair" aria-expanded={open === id} onClick={() => setOpen(open === id ? null : id)}>
                <Score score={pair.score} least={least} />
                <span class="two">
                  {[[pair.name_a, pair.a], [pair.name_b, pair.b]].map(([name, code]) => (
                    <span key={code} class="one">
                      <span>{name ?? code}</span> <span class="quiet">{code}</span>
                    </span>
                  ))}
                </span>
              </button>
              {open === id && <Side pair={pair} decide={setWanted} />}
            </li>
          );
        })}
      </ul>
      {left.length > PAIRS && <p class="quiet">{t('desk.and_more', { n: number(left.length - PAIRS) })}</p>}
      {decided.is === 'failed' && <Failure problem={decided.problem} again={() => setTurn(turn + 1)} />}
      {made.length > 0 && (
        <section aria-label={t('desk.decisions')}>
          <h2>{t('desk.decisions')}</h2>
          <ul class="decisions">
            {made.map((one) => (
              <li key={one.id}>
                <strong>{t(one.type === 'merge' ? 'desk.same' : 'desk.different')}</strong> <a href={format(opened('organization', one.subject))}>{one.subject}</a>
                {one.object && <> {one.type === 'merge' ? '←' : '≠'} <a href={format(opened('organization', one.object))}>{one.object}</a></>}{' '}
                <span class="quiet">
                  {one.decided} · {one.office} · {one.reason}
                </span>
                <button
                  type="button"
                  onClick={() => setWanted({ path: '/decide/withdraw', title: t('desk.withdraw_title'), says: [one.subject, one.object].filter(Boolean).join(' · '), body: { decision: one.id } })}
                >
                  {t('desk.withdraw')}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {wanted && (
        <Recording
          title={wanted.title}
          says={wanted.says}
          fields={FIELDS.map((field) => (field.name === 'date' ? { ...field, value: today() } : field))}
          act={t('desk.record')}
          send={send}
          close={() => setWanted(null)}
          problemOf={problemOf}
        />
      )}
    </div>
  );
}

function Score({ score, least }: { score: number; least: number }) {
  return (
    <span class="score" title={t('desk.score', { score, least })}>
      <strong>{number(score)}</strong>
      <meter min={0} max={150} value={Math.max(0, Math.min(150, score))} low={least} aria-label={t('desk.score', { score, least })} />
    </span>
  );
}

function Side({ pair, decide }: { pair: Pair; decide: (wanted: Wanted) => void }) {
  const [turn, setTurn] = useState(0);
  const again = () => setTurn(turn + 1);
  const a = useAsked<Dossier>(`/show/${entity('organization', pair.a)}`, { relations: 0 }, turn);
  const b = useAsked<Dossier>(`/show/${entity('organization', pair.b)}`, { relations: 0 }, turn);
  const lang = language.value;
  if (a.is === 'failed') return <Failure problem={a.problem} again={again} />;
  if (b.is === 'failed') return <Failure problem={b.problem} again={again} />;
  const lines = a.is === 'answered' && b.is === 'answered' ? pairValues(a.answer, b.answer) : [];
  const most = Math.max(1, ...pair.evidence.map(({ weight }) => Math.abs(weight)));
  const merge = (kept: string, merged: string) =>
    decide({ path: '/decide/merge', title: t('desk.merge_title'), says: t('desk.merge_says', { kept, merged }), body: { kept, merged } });
  return (
    <div class="beside">
      <table class="weights">
        <caption>{t('desk.weights')}</caption>
        <tbody>
          {pair.evidence.map(({ what, weight }) => (
            <tr key={what}>
              <th scope="row">{weightKey(what) ? t(`desk.weight.${weightKey(what) ?? 'same_name'}`) : what}</th>
              <td class="number">{weight > 0 ? `+${weight}` : weight}</td>
              <td>
                <svg width="120" height="10" aria-hidden="true">
                  <rect class={weight < 0 ? 'against' : 'for'} width={(Math.abs(weight) / most) * 120} height="10" rx="2" />
                </svg>
              </td>
            </tr>
          ))}
          <tr class="sum">
            <th scope="row">{t('desk.sum')}</th>
            <td class="number">{pair.score}</td>
            <td />
          </tr>
        </tbody>
      </table>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('desk.side_by_side')}>
        <table class="side">
          <thead>
            <tr>
              <td />
              {[pair.a, pair.b].map((code) => (
                <th key={code} scope="col">
                  <a href={format(opened('organization', code))}>{code}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.property} class={line.differs ? 'differs' : undefined}>
                <th scope="row">
                  {line.label[lang]}
                  {line.differs && (
                    <span class="sign" role="img" aria-label={t('desk.differs')}>
                      {' '}
                      ≠
                    </span>
                  )}
                </th>
                <td>{worded(line.a, { kind: 'organization', property: line.property })}</td>
                <td>{worded(line.b, { kind: 'organization', property: line.property })}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="bar">
        <button type="button" class="main" onClick={() => merge(pair.a, pair.b)}>
          {t('desk.keep', { code: pair.a })}
        </button>
        <button type="button" class="main" onClick={() => merge(pair.b, pair.a)}>
          {t('desk.keep', { code: pair.b })}
        </button>
        <button
          type="button"
          onClick={() => decide({ path: '/decide/distinct', title: t('desk.distinct_title'), says: `${pair.a} ≠ ${pair.b}`, body: { a: pair.a, b: pair.b } })}
        >
          {t('desk.different')}
        </button>
      </div>
    </div>
  );
}
