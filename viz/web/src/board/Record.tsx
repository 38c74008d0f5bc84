/** What is recorded on the board: a step, one taken back, measures. */
import { post } from '../api/client';
import { Recording, type Field } from '../recording/Recording';
import { announce } from '../state/announce';
import { problemOf } from '../state/asked';
import { t, type Key } from '../texts';
import type { Entry } from './held';
import { stateName, type State } from './wording';

export type What = { is: 'step'; codes: string[]; to: State } | { is: 'back'; codes: string[] } | { is: 'measure'; codes: string[] };

const TEXT: Record<What['is'], Key> = { step: 'board.form.evidence', back: 'board.form.reason', measure: 'board.form.measures' };
const NAME = 200;

function fields(what: What, date: string): Field[] {
  return [
    { name: 'text', label: TEXT[what.is], kind: 'text', required: true },
    ...(what.is === 'measure'
      ? ([
          { name: 'due', label: 'board.form.due', kind: 'date', required: true },
          { name: 'responsible', label: 'board.form.responsible', kind: 'line', required: true, most: NAME },
        ] as const)
      : []),
    { name: 'office', label: 'board.form.office', kind: 'line', required: true, most: NAME },
    { name: 'date', label: 'board.form.date', kind: 'date', required: true, value: date },
  ];
}

function written(what: What, { text, ...made }: Record<string, string>): Promise<unknown> {
  if (what.is === 'step') return post('/board/step', { ...made, codes: what.codes, to: what.to, evidence: text });
  if (what.is === 'back') return post('/board/back', { ...made, codes: what.codes, reason: text });
  return post('/board/measure', { ...made, code: what.codes[0], measures: text });
}

interface Props {
  what: What;
  date: string;
  picked: readonly Entry[];
  close: (written: boolean) => void;
  onward: () => Element | null;
}

export function Record({ what, date, picked, close, onward }: Props) {
  const names = picked.filter(({ code }) => what.codes.includes(code)).map(({ name, code }) => name ?? code);
  return (
    <Recording
      title={what.is === 'step' ? t('board.step', { state: stateName(what.to) }) : t(what.is === 'back' ? 'board.back' : 'board.measure')}
      {...(names.length > 0 && { says: t('board.picked', { names: names.slice(0, 5).join('、'), n: names.length }) })}
      fields={fields(what, date)}
      act={t('board.form.send')}
      send={async (given) => {
        await written(what, given);
        announce(t('board.recorded'));
        close(true);
      }}
      close={() => close(false)}
      onward={onward}
      problemOf={problemOf}
    />
  );
}
