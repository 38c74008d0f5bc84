/** Asks the service: one way for all views, with its errors as they are worded for people. */
import type { components } from '../generated/schema';
import { language } from '../texts';
import { over, pause, say, type Coming } from './coming';

export type Schemas = components['schemas'];
/** What went wrong; `shell/worded.ts` says it. What the service refuses it says in both languages, for a page (`both`). */
export type Problem = Pick<Schemas['Problem'], 'code' | 'detail' | 'status' | 'title'> & Partial<Pick<Schemas['Problem'], 'both'>>;

/** What the service refuses, in its own words. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

type Query = Record<string, string | number | boolean | undefined>;

/** Proves to the service that a request comes from a page of its own (`GET /api/v1/me`); null where there are no accounts. */
let proof: string | null = null;
let onUnidentified: () => void = () => undefined;

export function prove(csrf: string | null): void {
  proof = csrf;
}

/** Says what happens once a session has ended. */
export function whenUnidentified(act: () => void): void {
  onUnidentified = act;
}

/** The address of an operation. */
export function address(path: string, query: Query = {}): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  const text = asked.toString();
  return `/api/v1${path}${text && `?${text}`}`;
}

async function send(method: string, path: string, more: RequestInit & { query?: Query } = {}): Promise<Response> {
  const { query, ...init } = more;
  const headers = new Headers(init.headers);
  if (!headers.has('accept-language')) headers.set('accept-language', language.value);
  if (proof !== null && method !== 'GET') headers.set('x-csrf-token', proof);
  // of what takes long one is told how far it is, which is no error, and asks again
  headers.set('prefer', 'respond-async');
  const asking = Symbol(path);
  let answer: Response;
  try {
    for (;;) {
      answer = await fetch(address(path, query), { ...init, method, headers, credentials: 'same-origin' });
      if (answer.status !== 202 || !answer.headers.has('preference-applied')) break;
      const said = (await answer.json()) as Coming;
      say(asking, said);
      await pause(said.retry_after, init.signal);
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused({ code: 'unreachable', status: 0, title: '', detail: '' });
  } finally {
    over(asking);
  }
  if (answer.ok) return answer;
  let problem: Problem;
  try {
    problem = (await answer.json()) as Problem;
  } catch {
    problem = { code: 'unreadable', status: answer.status, title: answer.statusText, detail: '' };
  }
  if (answer.status === 401 && problem.code === 'unidentified') onUnidentified();
  throw new Refused(problem);
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const answer = await send('GET', path, signal ? { query, signal } : { query });
  return (await answer.json()) as T;
}

function carrying(body: unknown, signal?: AbortSignal): RequestInit {
  const form = body instanceof FormData;
  return {
    body: form ? body : JSON.stringify(body),
    headers: form ? {} : { 'content-type': 'application/json' },
    ...(signal && { signal }),
  };
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await send('POST', path, carrying(body, signal));
  return (await answer.json()) as T;
}

/** Puts something in the place of what is there. */
export async function put<T>(path: string, body: unknown): Promise<T> {
  const answer = await send('PUT', path, carrying(body));
  return (await answer.json()) as T;
}

/** Asks for a file, by a question that is too long for an address. */
export async function fileOf(path: string, body: unknown): Promise<Blob> {
  return (await send('POST', path, carrying(body))).blob();
}

/** A file that an operation gives, in the language of the page or in another. */
export async function blobOf(path: string, query: Query = {}, lang?: string): Promise<Blob> {
  return (await send('GET', path, lang ? { query, headers: { 'accept-language': lang } } : { query })).blob();
}

export async function remove(path: string): Promise<void> {
  await send('DELETE', path);
}

/** Whether an error only says that a newer question took the place of this one. */
export function overtaken(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** An entity's place in paths: its kind goes before, so that a code that several have is no question. */
export function entity(kind: string, id: string): string {
  return encodeURIComponent(kind === 'missing' ? id : `${kind}:${id}`);
}
