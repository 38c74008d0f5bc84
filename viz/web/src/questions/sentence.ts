/** A question as a sentence in the language. */
import { edgeName, kindName, t } from '../texts';
import { complete, type Condition, type Draft, type Part, type Step } from './draft';
import { property, propertyName, wordOf, type Operator } from './vocabulary';

const SIGNS: Partial<Record<Operator, string>> = { '=': '=', '!=': '≠', '>=': '≥', '<=': '≤' };

export function operatorName(is: Operator): string {
  switch (is) {
    case 'in':
      return t('questions.in');
    case 'between':
      return t('questions.between');
    case 'contains':
      return t('questions.contains');
    case 'known':
      return t('questions.known');
    case 'unknown':
      return t('questions.unknown');
    default:
      return SIGNS[is] ?? is;
  }
}

function clause(kind: string, said: Condition): string {
  const found = property(kind, said.property);
  const name = found ? propertyName(found) : said.property;
  const word = (value: unknown) => wordOf(found, value, t('yes'), t('no'));
  if (said.is === 'known' || said.is === 'unknown') return `${name} ${operatorName(said.is)}`;
  if (found?.type === 'bool') return t('questions.is', { name, value: word(said.value) });
  if (said.is === 'in' || said.is === 'contains') return t(said.is === 'in' ? 'questions.said_is_one' : 'questions.said_contains', { name, value: word(said.value) });
  if (said.is === 'between' && Array.isArray(said.value)) return `${name} ${word(said.value[0])}–${word(said.value[1])}`;
  return `${name} ${operatorName(said.is)} ${word(said.value)}`;
}

function clauses(part: Part): string[] {
  return [...part.where.filter((one) => complete(part.kind, one)).map((one) => clause(part.kind, one)), ...part.related.map(link)];
}

function link(said: Step): string {
  const blanks = { n: said.least, relation: edgeName(said.relation, said.direction), kind: kindName(said.kind) };
  const head = said.least === 0 ? t('questions.said_none', blanks) : said.least === 1 ? t('questions.said_one', blanks) : t('questions.said_least', blanks);
  const more = clauses(said);
  return more.length ? t('questions.said_with', { head, more: more.join(t('questions.and')) }) : head;
}

/** The question, with the place by its name where that is known. */
export function sentence(draft: Draft, place?: string): string {
  const said = clauses(draft);
  if (draft.in) said.unshift(t('questions.said_in', { place: place ?? draft.in }));
  if (draft.as_of) said.push(t('questions.said_as_of', { date: draft.as_of }));
  const kind = kindName(draft.kind);
  return said.length ? t('questions.said', { kind, more: said.join(t('questions.and')) }) : t('questions.said_all', { kind });
}
