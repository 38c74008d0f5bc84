/** What the values of a legend look like: a colour and a pattern each, so that colour never speaks alone. */

/** Okabe and Ito's set for colour-blind readers, as `viz/palette.py` has it, and as light on a dark ground. */
const LIGHT = ['#0072B2', '#D55E00', '#00795B', '#B5578F', '#8A6A00', '#2C7FB8', '#5F6368'] as const;
const DARK = ['#3D9BD9', '#F07D26', '#20B88D', '#E39AC4', '#F0B23E', '#7CC4EE', '#A9AEB4'] as const;

/** Patterns, drawn alike by the picture's shader, on the canvas and in the legend. */
export const PATTERNS = ['full', 'ring', 'dot', 'half', 'cross', 'bar', 'split'] as const;
export type Pattern = (typeof PATTERNS)[number];

export interface Look {
  colour: string;
  pattern: Pattern;
}

/** Of coverage and of findings: covered is full, and the eye finds what is left to do. */
const CHOSEN: Record<string, readonly [number, Pattern]> = {
  single: [0, 'full'],
  joint: [2, 'dot'],
  eligible: [1, 'cross'],
  uncovered: [3, 'ring'],
  outside: [6, 'half'],
  // what a plan says; who is in a unit with others has the unit's own look
  attached: [4, 'bar'],
  separate: [0, 'full'],
  work_coverage: [5, 'split'],
  alone: [1, 'cross'],
  unplanned: [6, 'ring'],
  // how grave the gravest finding is
  error: [1, 'cross'],
  warning: [4, 'bar'],
  note: [0, 'split'],
  none: [6, 'ring'],
};

const UNKNOWN = [6, 'ring'] as const;

/** How the value at a place of a legend looks; the last of a legend is what is not known. */
export function look(id: string | null, at: number, dark: boolean): Look {
  const [colour, pattern] = id === null ? UNKNOWN : (CHOSEN[id] ?? ([at % 6, PATTERNS[at % PATTERNS.length] ?? 'full'] as const));
  return { colour: (dark ? DARK : LIGHT)[colour] ?? '#888888', pattern };
}

/** How a tint looks: twelve differ in colour and pattern, so that neighbours do. */
export function tinted(tint: number, dark: boolean): Look {
  return { colour: (dark ? DARK : LIGHT)[tint % 6] ?? '#888888', pattern: PATTERNS[tint % PATTERNS.length] ?? 'full' };
}

/** How a mark looks that stands for one organization or unit: its group's tint before its value. */
export function lookOf(mark: { tint?: number | null; value?: number | null }, legend: readonly { id?: string | null }[], dark: boolean): Look | null {
  if (typeof mark.tint === 'number') return tinted(mark.tint, dark);
  return typeof mark.value === 'number' ? look(legend[mark.value]?.id ?? null, mark.value, dark) : null;
}

/** What a circle (of organizations) or a square (of units) is filled with: paths in a square from -1 to 1, by pattern. */
export const FILLS: Record<'circle' | 'square', Record<Pattern, string>> = {
  circle: {
    full: 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0Z',
    ring: 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0ZM-.55 0A.55 .55 0 1 0 .55 0A.55 .55 0 1 0 -.55 0Z',
    dot: 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0ZM-.7 0A.7 .7 0 1 0 .7 0A.7 .7 0 1 0 -.7 0ZM-.38 0A.38 .38 0 1 1 .38 0A.38 .38 0 1 1 -.38 0Z',
    half: 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0ZM0 -.72A.72 .72 0 0 1 0 .72Z',
    cross: 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0ZM-.62-.18V.18H-.18V.62H.18V.18H.62V-.18H.18V-.62H-.18V-.18Z',
    bar: 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0ZM-.65-.2V.2H.65V-.2Z',
    split: 'M-1 0A1 1 0 1 1 1 0A1 1 0 1 1 -1 0ZM-.18-.68V.68H.18V-.68Z',
  },
  square: {
    full: 'M-.86-.86H.86V.86H-.86Z',
    ring: 'M-.86-.86H.86V.86H-.86ZM-.45-.45V.45H.45V-.45Z',
    dot: 'M-.86-.86H.86V.86H-.86ZM-.6-.6V.6H.6V-.6ZM-.3-.3H.3V.3H-.3Z',
    half: 'M-.86-.86H.86V.86H-.86ZM0-.6V.6H.6V-.6Z',
    cross: 'M-.86-.86H.86V.86H-.86ZM-.58-.16V.16H-.16V.58H.16V.16H.58V-.16H.16V-.58H-.16V-.16Z',
    bar: 'M-.86-.86H.86V.86H-.86ZM-.6-.18V.18H.6V-.18Z',
    split: 'M-.86-.86H.86V.86H-.86ZM-.16-.6V.6H.16V-.6Z',
  },
};

/** Five classes of a share, light to strong; the number stands beside them. */
const SHADES_LIGHT = ['#f3e3d3', '#e6e6cf', '#cfe3d3', '#a9d1c6', '#7ab8b2'] as const;
const SHADES_DARK = ['#3a2a1c', '#33351f', '#24392b', '#1c4a40', '#17605a'] as const;
export const CLASSES = [0.2, 0.4, 0.6, 0.8, 1] as const;

export function shade(share: number, dark: boolean): string {
  const at = CLASSES.findIndex((end) => share <= end + 1e-9);
  return (dark ? SHADES_DARK : SHADES_LIGHT)[at < 0 ? CLASSES.length - 1 : at] ?? 'transparent';
}
