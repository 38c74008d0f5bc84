/** The neighbours of an entity, by the painter that Explore has: relations between the same two side by side, each kind with its dashes. */
import { useMemo, useState } from 'preact/hooks';
import type { Point } from '../geometry/plane';
import { announce } from '../state/announce';
import { t } from '../texts';
import { Canvas } from './Canvas';
import type { Link, Thing } from './neighbourhood';
import type { Shown } from './sheet';

interface Props {
  label: string;
  focus: string;
  chosen: string | null;
  things: readonly Thing[];
  links: readonly Link[];
  at: ReadonlyMap<string, Point>;
  choose: (key: string | null) => void;
  open: (key: string) => void;
}
const NOTHING: ReadonlySet<string> = new Set();

export function Picture({ label, focus, chosen, things, links, at, choose, open }: Props) {
  const [cursor, setCursor] = useState<string | null>(null);
  const shown = useMemo((): Shown => ({ things, links, at, focus, cursor, chosen: new Set(chosen === null ? [] : [chosen]), pinned: NOTHING, strong: NOTHING }), [things, links, at, focus, cursor, chosen]);
  const point = (key: string | null) => {
    setCursor(key);
    const thing = things.find((one) => one.key === key);
    if (thing) announce(thing.name);
  };
  return (
    <Canvas
      shown={shown}
      label={label}
      hint={t('picture.keys_hint')}
      tool="point"
      fit={0}
      choose={(keys) => choose(keys[0] ?? null)}
      point={point}
      rest={setCursor}
      open={open}
      expand={open}
    />
  );
}
