/** Values on which sources disagree today: one line a value, one column a source; what a source leaves out contradicts nobody. */
import type { Schemas } from '../api/client';
import { worded } from './value';

type Value = Schemas['Value'];
type Source = Value['source'];
export interface Disputes {
  sources: { ledger: string; source: Source; dated: string }[];
  lines: { property: string; label: Value['label']; shown: string; cells: (string | null)[] }[];
}

export function disputes(values: readonly Value[], kind: string): Disputes {
  const sources: Disputes['sources'] = [];
  const at = new Map<string, number>();
  const place = (ledger: string, source: Source, dated: string): number => {
    const key = `${ledger}\n${source.file}\n${source.sheet}\n${source.row}`;
    const known = at.get(key);
    if (known !== undefined) return known;
    at.set(key, sources.length);
    sources.push({ ledger, source, dated });
    return sources.length - 1;
  };
  const found = values
    .filter(({ disputed }) => disputed)
    .map((value) => ({
      value,
      said: [
        ...(value.value === null ? [] : [{ k: place(value.ledger, value.source, value.since), v: value.value as unknown }]),
        ...value.otherwise.filter(({ how }) => how === 'disagrees').map((other) => ({ k: place(other.ledger, other.source, other.dated), v: other.value })),
      ],
    }));
  return {
    sources,
    lines: found.map(({ value, said }) => {
      const cells: (string | null)[] = sources.map(() => null);
      for (const { k, v } of said) cells[k] = worded(v, { kind, property: value.property });
      return { property: value.property, label: value.label, shown: worded(value.value, { kind, property: value.property }), cells };
    }),
  };
}
