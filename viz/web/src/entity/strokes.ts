/** How the lines of a hierarchy run: parallel ones apart, each with a tip where it leads to. */
import type { Box, Line } from '../graph/levels';

export interface Extent {
  width: number;
  height: number;
}
export interface Stroke {
  line: Line;
  d: string;
  /** A triangle at the end that the relation leads to. */
  tip: string;
}

/** Between lines that would lie on each other. */
const APART = 30;
const TIP = { long: 9, half: 4.5 };

/** The strokes of lines, in their order, by the middles of their boxes. */
export function strokes(lines: readonly Line[], x: (box: Box) => number, y: (box: Box) => number, box: Extent): Stroke[] {
  const pair = ({ from, to }: Line) => [from, to].map(({ level, at }) => `${level}:${at}`).sort().join(' ');
  const beside = new Map<string, number>();
  for (const line of lines) beside.set(pair(line), (beside.get(pair(line)) ?? 0) + 1);
  const drawn = new Map<string, number>();
  return lines.map((line) => {
    const { from, to } = line;
    const n = beside.get(pair(line)) ?? 1;
    const k = drawn.get(pair(line)) ?? 0;
    drawn.set(pair(line), k + 1);
    const apart = Math.min(APART, (box.width - 4 * TIP.half) / n);
    const away = (k - (n - 1) / 2) * apart;
    const flat = y(from) === y(to);
    const down = y(from) <= y(to) ? 1 : -1;
    // one that passes over boxes goes around them
    if (!flat && x(from) === x(to) && Math.abs(from.level - to.level) > 1) {
      const side = x(from) + box.width / 2;
      const bow = side + 52 + k * 18;
      const [y1, y2] = [y(from) + away / 3, y(to) + away / 3];
      return { line, d: `M${side} ${y1}C${bow} ${y1} ${bow} ${y2} ${side} ${y2}`, tip: `M${side} ${y2}l${TIP.long} ${-TIP.half}v${2 * TIP.half}Z` };
    }
    // what leads to itself leaves and comes back beside
    const wide = from === to ? box.width / 6 : 0;
    const [x1, x2] = [x(from) + away - wide, x(to) + away + wide];
    const y1 = y(from) + (down * box.height) / 2;
    const y2 = y(to) - ((flat ? -down : down) * box.height) / 2;
    const bow = down * (flat ? 34 + k * 12 : 24);
    const back = flat ? TIP.long : -down * TIP.long;
    return { line, d: `M${x1} ${y1}C${x1} ${y1 + bow} ${x2} ${flat ? y2 + bow : y2 - bow} ${x2} ${y2}`, tip: `M${x2} ${y2}l${-TIP.half} ${back}h${2 * TIP.half}Z` };
  });
}
