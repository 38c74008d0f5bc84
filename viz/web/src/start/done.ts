/** What stands for the files of a batch that a command wrote: what was done, in words. */
import { t, type Key } from '../texts';
import { en } from '../texts/catalogues';

export function filesOf(files: readonly string[]): string {
  return files.map(named).join('、');
}

function named(file: string): string {
  const command = /^lianjian (.+)$/.exec(file)?.[1]; // `graph.model.COMMANDS`
  const key = `city.done.${command?.replace(/[ -]/g, '_') ?? ''}`;
  return key in en ? t(key as Key) : file;
}
