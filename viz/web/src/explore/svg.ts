/** A sheet as an SVG file: the same shapes, dashes, names and legend as on the screen, as text that any program reads. */
import { FONT, LEGEND, shapeOf, strokeOf, type LegendRow, type Look } from '../graph/look';
import { shortened, type Sheet } from '../graph/sheet';

/** What XML has no way to write is left out. */
const NONE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export function xml(text: string): string {
  return text
    .replace(NONE, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
const round = (n: number): number => Math.round(n * 10) / 10;

export interface Headed {
  title: string;
  described: string;
  /** As it stands in a page, without the XML declaration. */
  inline?: boolean;
}

export function svg(drawn: Sheet, rows: readonly LegendRow[], look: Look, { title, described, inline }: Headed): string {
  const width = drawn.size.width + LEGEND.width;
  const height = Math.max(drawn.size.height, LEGEND.top + rows.length * LEGEND.row + 10);
  const out: string[] = [];
  if (!inline) out.push('<?xml version="1.0" encoding="UTF-8"?>');
  out.push(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${xml(FONT)}" font-size="13">`,
    `<title>${xml(title)}</title><desc>${xml(described)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${look.ground}"/>`,
    `<svg width="${drawn.size.width}" height="${drawn.size.height}">`,
  );
  for (const { kind, from, bend, to, head, strong, faint } of drawn.lines) {
    const { colour, width: wide, dashes } = strokeOf(kind, look);
    const dashed = dashes.length ? ` stroke-dasharray="${dashes.join(' ')}"` : '';
    out.push(
      `<g${faint ? ' opacity="0.3"' : ''}><path d="M${round(from.x)} ${round(from.y)}Q${round(bend.x)} ${round(bend.y)} ${round(to.x)} ${round(to.y)}" fill="none" stroke="${colour}" stroke-width="${round(strong ? wide + 2.4 : wide)}"${dashed}/>`,
      `<path d="M${head.map(({ x, y }) => `${round(x)} ${round(y)}`).join('L')}Z" fill="${colour}"/></g>`,
    );
  }
  for (const { kind, name, x, y, radius, pinned } of drawn.marks) {
    const { path, fill } = shapeOf(kind, look);
    out.push(
      `<g><title>${xml(name)}</title><path d="${path}" fill="${fill}" fill-rule="evenodd" stroke="${look.ground}" stroke-width="0.25" paint-order="stroke" transform="translate(${round(x)} ${round(y)}) scale(${radius})"/>`,
      pinned ? `<circle cx="${round(x + radius * 0.8)}" cy="${round(y - radius * 0.8)}" r="3.5" fill="${look.ink}" stroke="${look.ground}"/>` : '',
      '</g>',
    );
  }
  for (const { text, x, y, anchor, strong } of drawn.names) {
    out.push(
      `<text x="${round(x)}" y="${round(y)}" dy="0.35em" text-anchor="${anchor}" fill="${look.ink}" stroke="${look.ground}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"${strong ? ' font-weight="600"' : ''}>${xml(text)}</text>`,
    );
  }
  const left = drawn.size.width + LEGEND.left;
  out.push('</svg>', `<text x="${left}" y="24" dy="0.35em" font-weight="600" fill="${look.ink}">${xml(shortened(title, 26))}</text>`);
  for (const [k, { kind, relation, text }] of rows.entries()) {
    const y = LEGEND.top + k * LEGEND.row;
    if (relation) {
      const { colour, width: wide, dashes } = strokeOf(kind, look);
      const dashed = dashes.length ? ` stroke-dasharray="${dashes.join(' ')}"` : '';
      out.push(`<path d="M${left - 2} ${y}H${left + 22}" stroke="${colour}" stroke-width="${round(wide + 0.8)}"${dashed}/>`);
    } else {
      const { path, fill } = shapeOf(kind, look);
      out.push(`<path d="${path}" fill="${fill}" fill-rule="evenodd" transform="translate(${left + 10} ${y}) scale(8)"/>`);
    }
    out.push(`<text x="${left + 32}" y="${y}" dy="0.35em" fill="${look.ink}">${xml(text)}</text>`);
  }
  out.push('</svg>');
  return out.join('\n');
}
