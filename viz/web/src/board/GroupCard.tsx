/** One proposal: who is in it, what it costs and breaks, and what can be decided about it; organizations are dragged in and out. */
import { useState } from 'preact/hooks';
import { format, opened as entityOf } from '../state/address';
import { language, number, t } from '../texts';
import { Apart } from './Apart';
import type { Prices, Verdict } from './costs';
import { ALONE, type Group, type PlanEntry, type PlanJoint } from './draft';
import { actionOf, type Entry } from './held';
import { Shape } from './Map';
import { cost } from './wording';

const TYPE = 'application/x-lianjian-organizations';

interface Props {
  group: Group;
  label: string;
  of: PlanJoint | null;
  entry: PlanEntry;
  prices: Prices;
  verdict: Verdict | null;
  chosen: ReadonlySet<string>;
  people: ReadonlyMap<string, Entry>;
  toggle: (code: string) => void;
  take: (codes: string[]) => void;
  accept: () => void;
  pin: () => void;
  opened: boolean;
  open: () => void;
  unit: string;
  job: string;
}

export function GroupCard({ group, label, of, entry, prices, verdict, chosen, people, toggle, take, accept, pin, opened, open, unit, job }: Props) {
  const [over, setOver] = useState(false);
  const { key, organizations, changed } = group;
  const joint = group.unit === null && key !== ALONE;
  const price = changed ? (verdict?.cost ?? null) : (prices.of[key] ?? null);
  const names = (code: string) => people.get(code)?.name ?? code;
  const members = organizations.reduce((sum, code) => sum + (people.get(code)?.formal_members ?? 0), 0);
  const broken = verdict?.faults ?? [];
  const lang = language.value;
  const why = changed ? null : (of?.why ?? null);
  return (
    <li
      class={`card-of${over ? ' over' : ''}${changed ? ' changed' : ''}${broken.length ? ' broken' : ''}`}
      data-group={key}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes(TYPE)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const held = event.dataTransfer?.getData(TYPE);
        if (held) take(held.split('\n'));
      }}
    >
      <div class="bar">
        <h3>{label}</h3>
        {of && !changed && <span class="form">{of.form}</span>}
        {changed && <span class="form changed-mark">{t('board.group.changed')}</span>}
        {joint && organizations.length > 0 && <span class="quiet">{t('board.group.members', { n: number(organizations.length), m: number(members) })}</span>}
        {joint && of?.fragile && !changed && (
          <span class="warning" title={t('board.group.fragile.why')}>
            {t('board.group.fragile')}
          </span>
        )}
        <span class="cost">{price === null ? (broken.length ? t('board.draft.not_possible') : '') : t('board.cost.of', { cost: cost(price) })}</span>
      </div>
      {why && <p class="quiet">{why[lang]}</p>}
      {broken.length > 0 && (
        <ul class="faults">
          {broken.map((one, k) => (
            <li key={k} data-rule={one.rule}>
              {one.text[lang]}
            </li>
          ))}
        </ul>
      )}
      <ul class="people">
        {organizations.map((code) => {
          const one = people.get(code);
          const attached = entry.attached.find(({ organization }) => organization === code);
          const alone = key === ALONE ? entry.uncovered.find(({ organization }) => organization === code) : undefined;
          return (
            <li
              key={code}
              data-code={code}
              class={chosen.has(code) ? 'chosen' : ''}
              draggable
              onDragStart={(event) => {
                const codes = chosen.has(code) ? [...chosen] : [code];
                event.dataTransfer?.setData(TYPE, codes.join('\n'));
                if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
              }}
            >
              <span class="grip" aria-hidden="true">
                ⠿
              </span>
              <label>
                <input type="checkbox" checked={chosen.has(code)} onChange={() => toggle(code)} />
                {one && <Shape look={actionOf(one)} />}
                <span class="name">{names(code)}</span>
              </label>
              <span class="quiet">{one?.formal_members === null || one === undefined ? '' : t('board.members', { n: one.formal_members })}</span>
              <a href={format(entityOf('organization', code))} aria-label={t('board.to_entity', { name: names(code) })}>
                ↗
              </a>
              {attached && group.unit !== null && <small>{attached.why[lang]}</small>}
              {alone && (
                <small>
                  {alone.reason[lang]} · {alone.fallback[lang]}
                </small>
              )}
            </li>
          );
        })}
        {!organizations.length && <li class="quiet empty">{t(key === ALONE ? 'board.alone.none' : 'board.group.empty')}</li>}
      </ul>
      {joint && organizations.length > 1 && (
        <div class="bar">
          <button type="button" aria-expanded={opened} onClick={open}>
            {t('board.open')}
          </button>
          <button type="button" onClick={pin}>
            {t('board.pin_group')}
          </button>
          <button type="button" disabled={broken.length > 0} onClick={accept}>
            {t('board.accept')}
          </button>
        </div>
      )}
      {joint && opened && organizations.length > 1 && <Apart unit={unit} job={job} group={{ organizations }} names={names} />}
    </li>
  );
}
