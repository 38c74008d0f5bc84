import { expect, it } from 'vitest';
import { handleAll, type Answer } from './bulk';

const answer = (ids: string[]): Answer => ({
  done: ids.map((id) => ({ id, state: 'confirmed', note: null, office: null, due: null, decided: null, evidence_changed: false })),
  failed: [],
  batch: 1,
});

it('sends many in parts and says how far it is', async () => {
  const sent: string[][] = [];
  const told: number[] = [];
  const found = await handleAll(
    ['a', 'b', 'c', 'd', 'e'],
    { action: 'confirm', note: 'n' },
    (body) => {
      sent.push((body as { ids: string[] }).ids);
      return Promise.resolve(answer((body as { ids: string[] }).ids));
    },
    (n) => told.push(n),
    () => ({ zh: '', en: '' }),
    2,
  );
  expect(sent).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect(told).toEqual([2, 4, 5]);
  expect(found.done).toHaveLength(5);
  expect(found.batches).toEqual([1, 1, 1]);
});

it('keeps what is done where a part fails, and says of all others that they are not', async () => {
  let n = 0;
  const found = await handleAll(
    ['a', 'b', 'c', 'd', 'e'],
    { action: 'confirm' },
    (body) => (n++ ? Promise.reject(new Error('off')) : Promise.resolve(answer((body as { ids: string[] }).ids))),
    () => undefined,
    (error) => ({ zh: '断', en: (error as Error).message }),
    2,
  );
  expect(found.done.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(found.failed).toEqual(['c', 'd', 'e'].map((id) => ({ id, zh: '断', en: 'off' })));
});
