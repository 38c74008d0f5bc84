/** A drawing with its tables as one page for any browser, without a network and without scripts. */
import type { Cell } from '../table/rows';
import { xml } from './svg';

/** The page's whole style; its policy names it by its hash ({@link STYLE_HASH}, a test), and takes nothing else. */
export const STYLE =
  'body{margin:1.2rem;font:15px/1.5 system-ui,"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:#1b1b1b;background:#fff}svg{max-width:100%;height:auto;border:1px solid #d0d0d0;border-radius:8px}table{border-collapse:collapse;margin:.4rem 0 1.4rem}th,td{text-align:left;padding:.25rem .7rem;border-bottom:1px solid #d0d0d0;vertical-align:top;overflow-wrap:anywhere}th{background:#f6f6f4}.note{white-space:pre-wrap;color:#595959}h1{font-size:1.4rem}h2{font-size:1.1rem}';
export const STYLE_HASH = 'sha256-jlLYqoov85o0z4VmRJ5KajVgmo6V+fwmcJ4XS6Y7wmE=';

export interface Twin {
  name: string;
  head: readonly string[];
  rows: readonly (readonly Cell[])[];
}

export function offline(lang: string, title: string, notes: readonly string[], picture: string, twins: readonly Twin[]): string {
  const cells = (tag: string, row: readonly Cell[]) => row.map((cell) => `<${tag}>${cell === null ? '' : xml(String(cell))}</${tag}>`).join('');
  const table = ({ name, head, rows }: Twin) =>
    `<h2>${xml(name)}</h2><table><thead><tr>${cells('th', head)}</tr></thead><tbody>\n${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}\n</tbody></table>`;
  return [
    `<!doctype html><html lang="${xml(lang)}"><head><meta charset="utf-8">`,
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${STYLE_HASH}'">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>${xml(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${xml(title)}</h1>`,
    ...notes.map((note) => `<p class="note">${xml(note)}</p>`),
    picture,
    ...twins.map(table),
    '</body></html>',
  ].join('\n');
}
