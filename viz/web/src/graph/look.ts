/** How kinds look, in light or dark: colours and shapes are the palette's. */
import { edgeName, edges, kindName, kinds, number } from '../texts';

export interface Look {
  dark: boolean;
  ground: string;
  ink: string;
  quiet: string;
  mark: string;
}
export const LIGHT: Look = { dark: false, ground: '#ffffff', ink: '#1b1b1b', quiet: '#595959', mark: '#0067a3' };
export const DARK: Look = { dark: true, ground: '#16181b', ink: '#ececec', quiet: '#b4b4b4', mark: '#56b4e9' };
export const FONT = 'system-ui, "Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';

export function shapeOf(kind: string, look: Look): { path: string; fill: string } {
  const found = kinds[kind] ?? kinds['missing'];
  return { path: found?.path ?? 'M-1-1H1V1H-1Z', fill: (look.dark ? found?.dark : found?.colour) ?? look.quiet };
}

export function strokeOf(kind: string, look: Look): { colour: string; width: number; dashes: readonly number[] } {
  const found = edges[kind];
  return { colour: (look.dark ? found?.dark : found?.colour) ?? look.quiet, width: found?.width ?? 1, dashes: found?.dashes ?? [] };
}

export interface LegendRow {
  kind: string;
  relation: boolean;
  text: string;
}
/** What stands in a legend: each kind of thing and relation that is drawn, with its number. */
export function legend(things: readonly { kind: string }[], links: readonly { kind: string }[]): LegendRow[] {
  const counted = (all: readonly { kind: string }[]) => {
    const found = new Map<string, number>();
    for (const { kind } of all) found.set(kind, (found.get(kind) ?? 0) + 1);
    return [...found];
  };
  return [
    ...counted(things).map(([kind, n]) => ({ kind, relation: false, text: `${kindName(kind)} ${number(n)}` })),
    ...counted(links).map(([kind, n]) => ({ kind, relation: true, text: `${edgeName(kind)} ${number(n)}` })),
  ];
}
export const LEGEND = { width: 210, row: 22, top: 46, left: 18 };
