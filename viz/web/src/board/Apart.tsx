/** A group taken apart: what it costs, and each pair's adjacency and similarity with where they come from. */
import { useEffect, useState } from 'preact/hooks';
import { post, type Problem, type Schemas } from '../api/client';
import { Failure } from '../shell/Failure';
import { problemOf } from '../state/asked';
import { Table } from '../table/Table';
import { language, t } from '../texts';
import { cost } from './wording';

export type Weighed = Schemas['GroupWeighed'];
export interface Tried {
  organizations: string[];
  unit?: string | null;
}

/** What groups cost and break, as the service says it. */
export function weigh(unit: string, job: string, groups: readonly Tried[], explain = false): Promise<Schemas['Groups']> {
  const asked = new URLSearchParams({ in: unit, from: job });
  return post<Schemas['Groups']>(`/plan/groups?${asked.toString()}`, { groups, explain });
}

export function Apart({ unit, job, group, names }: { unit: string; job: string; group: Tried; names: (code: string) => string }) {
  const [found, set] = useState<Weighed | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify(group);
  useEffect(() => {
    let wanted = true;
    set(null);
    setProblem(null);
    weigh(unit, job, [JSON.parse(key) as Tried], true).then(
      ({ groups }) => wanted && set(groups[0] ?? null),
      (error: unknown) => wanted && setProblem(problemOf(error)),
    );
    return () => {
      wanted = false;
    };
  }, [unit, job, key, turn]);
  if (problem) return <Failure problem={problem} again={() => setTurn(turn + 1)} />;
  if (!found) return <p class="quiet">{t('wait')}</p>;
  const lang = language.value;
  return (
    <div class="apart">
      {found.why && <p>{found.why[lang]}</p>}
      {found.cost_parts.length > 0 && (
        <dl class="parts">
          {found.cost_parts.map((part) => (
            <div key={part.part}>
              <dt>{part.text[lang]}</dt>
              <dd>{cost(part.value)}</dd>
            </div>
          ))}
          <div class="sum">
            <dt>{t('board.cost')}</dt>
            <dd>{found.cost === null ? '–' : cost(found.cost)}</dd>
          </div>
        </dl>
      )}
      {found.pairs.length > 0 && (
        <Table
          name={t('board.pairs')}
          file="pairs"
          head={[t('board.pair.a'), t('board.pair.b'), t('board.pair.near'), t('board.pair.near_why'), t('board.pair.alike'), t('board.pair.alike_why'), t('board.pair.d')]}
          rows={found.pairs.map((pair) => ({
            key: `${pair.a} ${pair.b}`,
            cells: [names(pair.a), names(pair.b), pair.adjacency.value, pair.adjacency.text[lang], pair.similarity.value, pair.similarity.text[lang], pair.dissimilarity],
          }))}
        />
      )}
    </div>
  );
}
