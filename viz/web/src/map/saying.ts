/** What a mark is, in words: for the tip over it, for the table, and for who hears the map. */
import type { Schemas } from '../api/client';
import { kindName, language, number, percent, t, type Key } from '../texts';
import type { Mark } from './frame';
import type { Colour } from './question';
import type { Level } from './scene';
import { groupOf, nameOfGroup } from './together';

type View = Pick<Schemas['CityView'], 'groups' | 'legend'>;

export function levelName(level: Level, many = true): string {
  const key = `map.${many ? 'levels' : 'level'}.${level}` as Key;
  return t(key);
}

/** What kind of thing a mark is. */
export function kindOf(mark: Mark): string {
  if (mark.kind === 'district' || mark.kind === 'street' || mark.kind === 'community') return t(`map.kind.${mark.kind}`);
  if (mark.kind === null) return levelName(mark.level, false);
  return kindName(mark.kind);
}

/** What a mark is called; what lies nowhere is said to. */
export function nameOf(mark: Mark): string {
  return mark.name ?? mark.code ?? t(`map.nowhere.${mark.level === 'district' ? 'district' : mark.level === 'street' ? 'street' : 'place'}`);
}

/** By what a view may be filtered. */
export function valuesOf(view: Pick<Schemas['CityView'], 'values'>, name: Colour) {
  return view.values[name] ?? [];
}

export function labelOf(view: View, at: number | null | undefined): string | null {
  const found = at === null || at === undefined ? undefined : view.legend[at];
  return found ? found.label[language.value] : null;
}

/** A few lines: its kind, its numbers or its state. */
export function lineOf(mark: Mark, view: View): string[] {
  const { counts } = mark;
  const group = groupOf(view, mark);
  const said = group ? nameOfGroup(group) : labelOf(view, mark.value);
  if (!counts) return [[kindOf(mark), mark.kind === 'unit' ? mark.type : null, said].filter(Boolean).join(' · ')];
  const out = [kindOf(mark), t('map.tip.counts', { organizations: number(counts.organizations), units: number(counts.units) })];
  if (counts.base) out.push(t('map.tip.rate', { rate: percent(counts.base_covered, counts.base), part: number(counts.base_covered), whole: number(counts.base) }));
  return out;
}

/** What has no place in a layout: areas by their number, and what lies in no area by its own numbers, for that is no area. */
export function unplaced(marks: readonly Mark[], level: Level): string[] {
  const rest = marks.filter(({ name, code, counts }) => counts && name === null && code === null);
  const named = marks.length - rest.length;
  const sum = (of: 'organizations' | 'units') => number(rest.reduce((all, { counts }) => all + (counts?.[of] ?? 0), 0));
  const out = named ? [t('map.left.nowhere', { n: number(named), level: levelName(level) })] : [];
  if (rest.length && level !== 'organization') out.push(t('map.left.rest', { where: t(`map.nowhere.${level}`), organizations: sum('organizations'), units: sum('units') }));
  return out;
}
