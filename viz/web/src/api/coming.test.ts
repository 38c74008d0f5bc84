import { afterEach, expect, test, vi } from 'vitest';
import { get, Refused } from './client';
import { coming, pause, told, type Coming } from './coming';

const said: Coming = { title: 'Being made', detail: 'rules: 3/53', code: 'being_made', done: 3, of: 53, seconds: 2, retry_after: 0 };
const being = (more: Partial<Coming> = {}) => new Response(JSON.stringify({ ...said, ...more }), { status: 202, headers: { 'preference-applied': 'respond-async' } });

afterEach(() => vi.unstubAllGlobals());

test('what is being made is said, and asked for again until it is there', async () => {
  const answers = [being(), being({ done: 9 }), new Response('{"a": 1}')];
  const seen: (readonly number[])[] = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    expect(new Headers(init.headers).get('prefer')).toBe('respond-async');
    seen.push(coming.value.map(([, { done }]) => done));
    return Promise.resolve(answers.shift());
  });
  expect(await get('/view')).toEqual({ a: 1 });
  expect(seen).toEqual([[], [3], [9]]);
  expect(coming.value).toEqual([]);
});

test('a job that was taken on is an answer like others', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"id": "j"}', { status: 202 })));
  expect(await get('/jobs')).toEqual({ id: 'j' });
});

test('what is not wanted any more is not asked for again, and nothing is said of it', async () => {
  const ending = new AbortController();
  let times = 0;
  vi.stubGlobal('fetch', () => {
    times += 1;
    setTimeout(() => ending.abort());
    return Promise.resolve(being({ retry_after: 60 }));
  });
  await expect(get('/view', {}, ending.signal)).rejects.toThrow('not wanted');
  expect(times).toBe(1);
  expect(coming.value).toEqual([]);
  await expect(pause(60, ending.signal)).rejects.toThrow('not wanted');
});

test('what fails in the end is refused, and no longer said to be made', async () => {
  const answers = [being(), new Response('{"code": "input", "status": 400, "title": "", "detail": "no"}', { status: 400 })];
  vi.stubGlobal('fetch', () => Promise.resolve(answers.shift()));
  await expect(get('/view')).rejects.toThrow(Refused);
  expect(coming.value).toEqual([]);
});

test('the same is said once, by its latest word', () => {
  const other = { ...said, detail: 'the map' };
  const some = [said, other, { ...said, detail: 'rules: 12/53', done: 12 }].map((one) => [Symbol('asking'), one] as const);
  expect(told(some).map(({ done, detail }) => [done, detail])).toEqual([
    [12, 'rules: 12/53'],
    [3, 'the map'],
  ]);
});
