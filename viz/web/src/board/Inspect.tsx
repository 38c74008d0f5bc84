/** Inspection (检查验收): samples drawn and kept, what was found of each organization, and how far it is street by street. */
import { useMemo, useState } from 'preact/hooks';
import { post, type Problem, type Schemas } from '../api/client';
import { save } from '../campaign/saving';
import { Recording, type Field } from '../recording/Recording';
import { Act } from '../shell/Act';
import { Failure } from '../shell/Failure';
import { announce } from '../state/announce';
import { opened } from '../state/address';
import { isComing, problemOf, shownOf, useAsked } from '../state/asked';
import { Table } from '../table/Table';
import { language, number, t } from '../texts';
import { change, type Listed } from './held';
import { stateName } from './wording';

type Head = Schemas['SampleHead'];
type Shown = Schemas['OneSample'];
type Item = Schemas['SampleItem'];
export const RESULTS = ['as_stated', 'differs', 'not_found'] as const;
const MARKS: Record<string, string> = { as_stated: '✓', differs: '≠', not_found: '✗' };

interface Props {
  within: string | undefined;
  listed: Listed;
  sample: string | undefined;
  /** Whether the asker inspects; others see what was found. */
  may: boolean;
}

export function pathOf(sample: string): string {
  return `/inspection/show/${sample.split('/').map(encodeURIComponent).join('/')}`;
}

export function resultName(result: string | null | undefined): string {
  const known = RESULTS.find((one) => one === result);
  return known ? `${MARKS[known] ?? ''} ${t(`inspect.result.${known}`)}` : t('inspect.result.none');
}

export function Inspect({ within, listed, sample, may }: Props) {
  const [turn, setTurn] = useState(0);
  const [drawing, setDrawing] = useState(false);
  const asked = useAsked<Schemas['Samples']>('/inspection/list', { in: within }, turn);
  const samples = shownOf(asked)?.samples ?? [];
  const chosen = samples.find(({ id }) => id === sample) ?? samples[0];
  return (
    <div class="inspecting" aria-busy={isComing(asked)}>
      <div class="bar">
        {samples.length > 0 && (
          <label>
            {t('inspect.sample')}{' '}
            <select value={chosen?.id} onChange={(event) => change({ sample: event.currentTarget.value }, 'instead')}>
              {samples.map((one) => (
                <option key={one.id} value={one.id}>
                  {t('inspect.one', { date: one.date, office: one.office, recorded: number(one.recorded), drawn: number(one.drawn), seed: one.seed ?? '' })}
                </option>
              ))}
            </select>
          </label>
        )}
        {may && (
          <button type="button" class={samples.length ? '' : 'main'} onClick={() => setDrawing(true)}>
            {t('inspect.draw')}
          </button>
        )}
      </div>
      {asked.is === 'failed' && <Failure problem={asked.problem} again={() => setTurn(turn + 1)} />}
      {asked.is === 'answered' && samples.length === 0 && <p class="quiet">{t('inspect.none')}</p>}
      {chosen && <One key={chosen.id} head={chosen} within={within} may={may} turn={turn} again={() => setTurn((n) => n + 1)} />}
      {drawing && <Draw within={within} date={listed.as_of} close={() => setDrawing(false)} drawn={(id) => { setTurn((n) => n + 1); change({ sample: id }, 'instead'); }} />}
    </div>
  );
}

function Draw({ within, date, close, drawn }: { within: string | undefined; date: string; close: () => void; drawn: (id: string) => void }) {
  const fields: Field[] = [
    { name: 'whom', label: 'inspect.form.of', kind: 'choice', choices: [['formed', t('inspect.of.formed')], ['base', t('inspect.of.base')]], value: 'formed' },
    { name: 'size', label: 'inspect.form.size', kind: 'number', required: true, value: '20' },
    { name: 'seed', label: 'inspect.form.seed', kind: 'number' },
    { name: 'office', label: 'board.form.office', kind: 'line', required: true, most: 200 },
    { name: 'date', label: 'board.form.date', kind: 'date', required: true, value: date },
  ];
  return (
    <Recording
      title={t('inspect.draw').replace('…', '')}
      says={t('inspect.draw.says')}
      fields={fields}
      act={t('inspect.draw.act')}
      send={async ({ whom, size, seed, office, date: on }) => {
        const made = await post<Schemas['DrawnSample']>('/inspection/draw', {
          whom, office, date: on, size: Number(size), ...(seed && { seed: Number(seed) }), ...(within && { in: within }),
        });
        announce(t('inspect.drawn', { n: number(made.size), of: number(made.population) }));
        drawn(made.id);
      }}
      close={close}
      problemOf={problemOf}
    />
  );
}

function One({ head, within, may, turn, again }: { head: Head; within: string | undefined; may: boolean; turn: number; again: () => void }) {
  const asked = useAsked<Shown>(pathOf(head.id), { in: within }, turn);
  const shown = shownOf(asked);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [recording, setRecording] = useState<'record' | 'back' | null>(null);
  const picked = (shown?.items ?? []).filter(({ code }) => chosen.has(code));
  const rows = useMemo(() => (shown?.items ?? []).map(rowOf), [shown, language.value]);
  if (!shown) return asked.is === 'failed' ? <Failure problem={asked.problem} again={again} /> : <p class="quiet">{t('wait')}</p>;
  const file = `${t('inspect.file')} ${head.date}.xlsx`;
  const toggle = (code: string) => {
    const now = new Set(chosen);
    if (!now.delete(code)) now.add(code);
    setChosen(now);
  };
  const { sample } = shown;
  return (
    <>
      <p role="status">
        {t('inspect.progress', { drawn: number(sample.drawn), recorded: number(sample.recorded), as_stated: number(sample.as_stated), differs: number(sample.differs), not_found: number(sample.not_found) })}{' '}
        <progress max={sample.drawn} value={sample.recorded} aria-label={t('inspect.progress.bar')} />
      </p>
      <p class="quiet">
        {t('inspect.again', { of: t(sample.whom === 'base' ? 'inspect.of.base' : 'inspect.of.formed'), asked: sample.asked ?? '', seed: sample.seed ?? '', date: sample.drawn_as_of ?? '' })}
      </p>
      <div class="bar act" role="toolbar" aria-label={t('inspect.record')}>
        {may && (
          <>
            <span class="picked">{picked.length ? t('board.picked', { names: picked.slice(0, 3).map(({ name, code }) => name ?? code).join('、'), n: picked.length }) : t('inspect.pick')}</span>
            <Act main off={!picked.length} act={() => setRecording('record')}>
              {t('inspect.record')}
            </Act>
            <Act off={!picked.length || !picked.every(({ result }) => result !== null)} act={() => setRecording('back')}>
              {t('inspect.back')}
            </Act>
          </>
        )}
        <button type="button" onClick={() => { setProblem(null); save(file, pathOf(head.id), { in: within, format: 'xlsx' }).catch((error: unknown) => setProblem(problemOf(error))); }}>
          {t('inspect.xlsx')}
        </button>
        <button type="button" onClick={() => window.print()}>
          {t('inspect.print')}
        </button>
      </div>
      {asked.is === 'failed' && <Failure problem={asked.problem} again={again} />}
      {problem && <Failure problem={problem} />}
      {recording && <Found how={recording} sample={head.id} picked={picked} date={shown.as_of} close={(written) => { setRecording(null); if (written) { setChosen(new Set()); again(); } }} />}
      <Table
        name={t('inspect.items')}
        file="inspection"
        head={(['name', 'result', 'evidence', 'inspected', 'state', 'unit', 'address', 'code'] as const).map((column) => t(`inspect.column.${column}`))}
        rows={rows}
        {...(may && { picked: { keys: chosen, toggle, label: t('inspect.choose') } })}
      />
      <Table
        name={t('inspect.areas')}
        file="inspection-areas"
        head={(['unit', 'drawn', 'recorded', 'as_stated', 'differs', 'not_found'] as const).map((column) => t(`inspect.column.${column}`))}
        rows={shown.areas.map((area) => ({ key: area.ledger_unit ?? '', cells: [area.name ?? area.ledger_unit ?? t('inspect.nowhere'), area.drawn, area.recorded, area.as_stated, area.differs, area.not_found] }))}
      />
    </>
  );
}

function rowOf(item: Item) {
  const { last } = item;
  return {
    key: item.code,
    to: opened('organization', item.code),
    cells: [
      item.name ?? item.code,
      resultName(item.result),
      last?.evidence ?? null,
      last ? [last.date, last.office].join(' · ') : null,
      stateName(item.state),
      item.ledger_unit_name ?? item.ledger_unit,
      item.address,
      item.code,
    ],
  };
}

function Found({ how, sample, picked, date, close }: { how: 'record' | 'back'; sample: string; picked: readonly Item[]; date: string; close: (written: boolean) => void }) {
  const codes = picked.map(({ code }) => code);
  const names = picked.slice(0, 5).map(({ name, code }) => name ?? code);
  const both: Field[] = [
    { name: 'office', label: 'inspect.form.office', kind: 'line', required: true, most: 200 },
    { name: 'date', label: 'board.form.date', kind: 'date', required: true, value: date },
  ];
  const fields: Field[] =
    how === 'record'
      ? [
          { name: 'result', label: 'inspect.form.result', kind: 'choice', choices: RESULTS.map((one) => [one, t(`inspect.result.${one}`)]), value: 'as_stated' },
          { name: 'evidence', label: 'board.form.evidence', kind: 'text', required: true },
          ...both,
        ]
      : [{ name: 'reason', label: 'board.form.reason', kind: 'text', required: true }, ...both];
  return (
    <Recording
      title={t(how === 'record' ? 'inspect.record' : 'inspect.back').replace('…', '')}
      says={`${t('board.picked', { names: names.join('、'), n: picked.length })} ${how === 'record' ? t('inspect.record.says') : ''}`}
      fields={fields}
      act={t('board.form.send')}
      send={async (given) => {
        await post(`/inspection/${how}`, { ...given, sample, codes });
        announce(t('board.recorded'));
        close(true);
      }}
      close={() => close(false)}
      problemOf={problemOf}
    />
  );
}
