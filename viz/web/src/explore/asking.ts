/** Questions of the board whose answers are put on it: neighbours, paths, neighbours in common. */
import { entity, get, type Schemas } from '../api/client';
import type { Thing } from '../graph/neighbourhood';
import type { Language } from '../texts';

/** Things that are asked about at once at most. */
export const SEVERAL = 5;

export function neighbours(thing: Pick<Thing, 'id' | 'kind'>, each: number, asOf: string | null, signal?: AbortSignal): Promise<Schemas['Connected']> {
  return get<Schemas['Connected']>(`/neighbours/${entity(thing.kind, thing.id)}`, { each, as_of: asOf ?? undefined }, signal);
}

/** The paths of an answer: their things in order, and the keys of their relations. */
export interface Found {
  a: string;
  b: string;
  length: number | null;
  capped: boolean;
  cap: number;
  paths: { things: string[]; links: string[] }[];
}

/** What an answer says beside the drawing. */
export interface Said {
  text: Record<Language, string>;
  paths?: Found;
}

export async function paths(a: string, b: string, asOf: string | null): Promise<Found> {
  const answer = await get<Schemas['Paths']>('/path', { a, b, as_of: asOf ?? undefined });
  const found = answer.paths.map((steps) => ({
    things: [a, ...steps.map((step) => `${step.to_kind}:${step.to}`)],
    links: steps.map((step) => {
      const [x, y] = [`${step.from_kind}:${step.from}`, `${step.to_kind}:${step.to}`];
      return step.direction === 'out' ? `${x}>${step.kind}>${y}` : `${y}>${step.kind}>${x}`;
    }),
  }));
  return { a, b, length: answer.length, capped: answer.capped, cap: answer.cap, paths: found };
}
