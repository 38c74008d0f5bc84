/** The conditions of a part, and its relations with theirs: the same wherever it stands in the question. */
import { useRef } from 'preact/hooks';
import { Icon } from '../shell/Icon';
import { maySurvey, useAccount } from '../state/account';
import { t } from '../texts';
import { Value } from './Value';
import { compared, complete, condition, step, type Condition, type Part, type Step } from './draft';
import { operatorName } from './sentence';
import { properties, property, propertyName, wayName, ways, type Property } from './vocabulary';

export interface Room {
  conditions: number;
  steps: number;
}

interface Props {
  part: Part;
  /** How much more the question may have. */
  room: Room;
  put: (part: Pick<Part, 'where' | 'related'>) => void;
}

/** Options of a kind's properties, as far as one may ask for them: what is derived apart from what ledgers state. */
export function PropertyOptions({ kind, but }: { kind: string; but?: (found: Property) => boolean }) {
  const account = useAccount();
  const all = account.is === 'known' && maySurvey(account.me);
  const some = properties(kind).filter((one) => (all || !one.surveyed) && !but?.(one));
  const derived = some.filter((one) => one.derived);
  const options = (found: readonly Property[]) =>
    found.map((one) => (
      <option key={one.name} value={one.name}>
        {propertyName(one)}
      </option>
    ));
  const stated = some.filter((one) => !one.derived);
  if (!derived.length) return <>{options(stated)}</>;
  return (
    <>
      <optgroup label={t('questions.derived')}>{options(derived)}</optgroup>
      <optgroup label={t('questions.stated')}>{options(stated)}</optgroup>
    </>
  );
}

export function Conditions({ part, room, put }: Props) {
  const { kind, where, related } = part;
  const whereAt = (n: number, next: Condition | null) => put({ related, where: next ? where.map((one, k) => (k === n ? next : one)) : where.filter((_, k) => k !== n) });
  const stepAt = (n: number, next: Step | null) => put({ where, related: next ? related.map((one, k) => (k === n ? next : one)) : related.filter((_, k) => k !== n) });
  const further = ways(kind);
  const first = further.find((way) => way.relation === 'COVERS') ?? further[0];
  const list = useRef<HTMLUListElement>(null);
  const adding = useRef<HTMLDivElement>(null);
  /** What was added has the focus; where something was taken away, what adds. */
  const focus = (n: number | null) =>
    requestAnimationFrame(() => (n === null ? adding.current?.querySelector('button') : list.current?.children[n]?.querySelector('select'))?.focus());
  return (
    <>
      <ul class="clauses" ref={list}>
        {where.map((said, n) => (
          <li key={`w${n}`}>
            <One kind={kind} said={said} put={(next) => {
                whereAt(n, next);
                if (!next) focus(null);
              }}
            />
          </li>
        ))}
        {related.map((said, n) => (
          <li key={`s${n}`} class="step">
            <Related from={kind} said={said} room={room} put={(next) => {
                stepAt(n, next);
                if (!next) focus(null);
              }}
            />
          </li>
        ))}
      </ul>
      <div class="bar adding" ref={adding}>
        <button
          type="button"
          disabled={room.conditions <= 0}
          onClick={() => {
            put({ related, where: [...where, condition(kind, usual(kind))] });
            focus(where.length);
          }}
        >
          ＋ {t('questions.add_condition')}
        </button>
        {first && (
          <button
            type="button"
            disabled={room.steps <= 0}
            onClick={() => {
              put({ where, related: [...related, step(first)] });
              focus(where.length + related.length);
            }}
          >
            ＋ {t('questions.add_relation')}
          </button>
        )}
      </div>
    </>
  );
}

/** What a condition is about until something else is chosen. */
function usual(kind: string): string {
  return ['covered', 'live', 'name'].find((name) => property(kind, name)) ?? 'key';
}

function One({ kind, said, put }: { kind: string; said: Condition; put: (next: Condition | null) => void }) {
  const found = property(kind, said.property);
  if (!found) return null;
  const ready = complete(kind, said);
  return (
    <div class={ready ? 'clause' : 'clause open'} role="group" aria-label={propertyName(found)}>
      <select aria-label={t('questions.property')} value={said.property} onChange={(event) => put(condition(kind, event.currentTarget.value))}>
        <PropertyOptions kind={kind} />
      </select>
      {found.operators.length > 1 ? (
        <select
          aria-label={t('questions.operator')}
          value={said.is}
          onChange={(event) => {
            const is = found.operators.find((one) => one === event.currentTarget.value);
            if (is) put(compared(said, is));
          }}
        >
          {found.operators.map((is) => (
            <option key={is} value={is}>
              {operatorName(is)}
            </option>
          ))}
        </select>
      ) : (
        <span aria-hidden="true">=</span>
      )}
      <Value
        key={`${said.property}${said.is}`}
        kind={kind}
        found={found}
        said={said}
        put={(value) => put(value === undefined ? { property: said.property, is: said.is } : { ...said, value })}
      />
      <button type="button" class="plain" aria-label={t('questions.remove_condition', { name: propertyName(found) })} onClick={() => put(null)}>
        ✕
      </button>
    </div>
  );
}

function Related({ from, said, room, put }: { from: string; said: Step; room: Room; put: (next: Step | null) => void }) {
  const some = ways(from);
  const at = some.findIndex((way) => way.relation === said.relation && way.direction === said.direction && way.kind === said.kind);
  return (
    <fieldset>
      <legend class="unseen">{wayName(said)}</legend>
      <div class="clause">
        <select aria-label={t('questions.how_many')} value={said.least === 0 ? 'none' : 'some'} onChange={(event) => put({ ...said, least: event.currentTarget.value === 'none' ? 0 : 1 })}>
          <option value="some">{t('questions.some_of')}</option>
          <option value="none">{t('questions.none_of')}</option>
        </select>
        {said.least > 0 && (
          <input
            class="short"
            type="number"
            min={1}
            max={1000}
            aria-label={t('questions.number')}
            value={said.least}
            onInput={(event) => {
              const n = event.currentTarget.valueAsNumber;
              if (Number.isInteger(n) && n >= 1 && n <= 1000) put({ ...said, least: n });
            }}
          />
        )}
        <Icon kind={said.kind} />
        <select
          aria-label={t('questions.way')}
          value={at}
          onChange={(event) => {
            const way = some[Number(event.currentTarget.value)];
            if (way) put({ ...(way.kind === said.kind ? said : step(way)), ...way, least: said.least });
          }}
        >
          {some.map((way, n) => (
            <option key={n} value={n}>
              {wayName(way)}
            </option>
          ))}
        </select>
        <button type="button" class="plain" aria-label={t('questions.remove_relation', { name: wayName(said) })} onClick={() => put(null)}>
          ✕
        </button>
      </div>
      <div class="nested">
        {(said.where.length > 0 || said.related.length > 0) && <span class="quiet">{t('questions.that')}</span>}
        <Conditions part={said} room={room} put={(next) => put({ ...said, ...next })} />
      </div>
    </fieldset>
  );
}
