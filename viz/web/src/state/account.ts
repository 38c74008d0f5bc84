/** Who one is to the service, and logging in and out. */
import { get, post, prove, Refused, remove, whenUnidentified, type Problem, type Schemas } from '../api/client';
import { Signal, useSignal } from './signal';

export type Me = Schemas['Me'];
export type Account = { is: 'asking' } | { is: 'nobody' } | { is: 'refused'; problem: Problem } | { is: 'known'; me: Me };

export const account = new Signal<Account>({ is: 'asking' });

function take(me: Me): void {
  prove(me.csrf);
  account.value = { is: 'known', me };
}

function nobody(): void {
  prove(null);
  account.value = { is: 'nobody' };
}

/** Asks who one is, unless the page says that nobody is logged in: then there is nothing to ask yet. */
export function begin(known: boolean): void {
  whenUnidentified(nobody);
  if (known) void look();
  else nobody();
}

export async function look(): Promise<void> {
  try {
    take(await get<Me>('/me'));
  } catch (error) {
    if (error instanceof Refused && error.problem.code !== 'unidentified') account.value = { is: 'refused', problem: error.problem };
  }
}

export async function enter(name: string, password: string): Promise<void> {
  take(await post<Me>('/session', { name, password }));
}

export async function leave(): Promise<void> {
  await remove('/session');
  // nothing of what one had on the screen is left for the next who sits here
  history.replaceState(null, '', '#/');
  location.reload();
}

/** Whether a role may load ledgers. */
export function mayLoad(me: Me): boolean {
  return me.role === 'planner' || me.role === 'administrator';
}

/** Whether one may bring in a whole city: a role that loads ledgers, of all of the city. */
export function mayInvent(me: Me): boolean {
  return mayLoad(me) && me.jurisdiction === null;
}

/** Whether a role may survey, and take files away. */
export function maySurvey(me: Me): boolean {
  return me.role !== 'viewer';
}

/** Whether a role may work on findings. */
export function mayAudit(me: Me): boolean {
  return me.role === 'auditor' || me.role === 'administrator';
}

export function useAccount(): Account {
  return useSignal(account);
}
