/** What the next plan is bound by: decisions that the former one kept and those of this draft, each to be taken back. */
import { t } from '../texts';
import type { Action, Constraints, Word } from './draft';

const WORDS: readonly Word[] = ['pin', 'forbid', 'accept'];

interface Props {
  former: Constraints;
  now: Constraints;
  actions: readonly Action[];
  names: (code: string) => string;
  put: (next: Action[]) => void;
}

export function Decisions({ former, now, actions, names, put }: Props) {
  const same = (a: readonly string[], b: readonly string[]) => [...a].sort().join('\n') === [...b].sort().join('\n');
  const kept = (word: Word, set: string[]) => former[word].some((one) => same(one, set));
  const own = (word: Word, set: string[]) => actions.findIndex((one) => one.do === word && same(one.set, set));
  const back = (word: Word, set: string[]) => {
    const at = own(word, set);
    if (at >= 0) put(actions.filter((_, k) => k !== at));
    else put([...actions, { do: 'drop', word, set }]);
  };
  const moves = actions.flatMap((one, k) => (one.do === 'move' ? [{ k, one }] : []));
  const all = WORDS.flatMap((word) => now[word].map((set) => ({ word, set })));
  return (
    <section class="decisions" aria-label={t('board.decisions')}>
      <h2>{t('board.decisions')}</h2>
      {all.length + moves.length === 0 && <p class="quiet">{t('board.decisions.none')}</p>}
      <ul>
        {moves.map(({ k, one }) => (
          <li key={`move ${k}`}>
            <span class="word">{t('board.word.move')}</span> <span>{one.who.map(names).join('、')}</span>
            <button type="button" aria-label={t('board.take_back', { what: one.who.map(names).join('、') })} onClick={() => put(actions.filter((_, at) => at !== k))}>
              ✕
            </button>
          </li>
        ))}
        {all.map(({ word, set }) => {
          const mine = own(word, set) >= 0;
          const standing = kept(word, set);
          return (
            <li key={`${word} ${set.join(' ')}`}>
              <span class={`word ${word}`}>{t(`board.word.${word}`)}</span> <span>{set.map(names).join('、')}</span>
              {mine || standing ? (
                <button type="button" aria-label={t('board.take_back', { what: set.map(names).join('、') })} onClick={() => back(word, set)}>
                  ✕
                </button>
              ) : (
                <small>{t('board.decisions.follows')}</small>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
