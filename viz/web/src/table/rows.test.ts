import { describe, expect, it } from 'vitest';
import { workbook } from '../../../assets/workbook.js';
import { csv, filtered, pasted, sorted, type Cell } from './rows';

const rows = (...cells: Cell[][]) => cells.map((one) => ({ cells: one }));
const first = (found: { cells: readonly Cell[] }[]) => found.map(({ cells }) => cells[0]);

describe('a table twin', () => {
  it('sorts numbers by size, text by the language, unknown last either way, and leaves equals as they were', () => {
    expect(first(sorted(rows([10], [9], [null], [100]), { column: 0, down: false }, 'en'))).toEqual([9, 10, 100, null]);
    expect(first(sorted(rows([10], [9], [null], [100]), { column: 0, down: true }, 'en'))).toEqual([100, 10, 9, null]);
    expect(first(sorted(rows(['张'], ['李'], ['安']), { column: 0, down: false }, 'zh-CN'))).toEqual(['安', '李', '张']);
    expect(sorted(rows(['a', 1], ['a', 2], ['a', 3]), { column: 0, down: true }, 'en').map(({ cells }) => cells[1])).toEqual([1, 2, 3]);
  });
  it('keeps rows that have every word in some column', () => {
    const all = rows(['光谷软件公司', '91B'], ['光谷光电公司', '91C'], ['其他', null]);
    expect(first(filtered(all, '光谷 91c'))).toEqual(['光谷光电公司']);
    expect(filtered(all, '  ')).toHaveLength(3);
    expect(filtered(all, '没有')).toHaveLength(0);
  });
  it('gives spreadsheets no formula, full-width forms included, and numbers as they are', () => {
    for (const begin of '=+-@\t\r＝＋－＠') {
      const text = `${begin}1+1`;
      expect(csv(['x'], [[text]]).split('\r\n')[1]?.replaceAll('"', '')).toMatch(/^'/);
      expect(pasted(['x'], [[text]]).split('\n')[1]).toMatch(/^'/);
    }
    expect(csv(['x'], [[-1], [null]])).toBe('\uFEFFx\r\n-1\r\n\r\n');
  });
  it('is a workbook in which text is text, whatever it begins with, and numbers are numbers', async () => {
    const made = await workbook([['名称', 'n'], ['=1+1', 5], ['<b>&\u0000', -1], ['', 0]]).text();
    expect(made.startsWith('PK')).toBe(true);
    expect(made).toContain('<c r="A2" t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c><c r="B2"><v>5</v></c>');
    expect(made).toContain('&lt;b&gt;&amp;\ufffd');
    expect(made).toContain('<row r="4"><c r="B4"><v>0</v></c></row>');
    expect(made).not.toContain('<f>');
  });
  it('quotes what would break a line or a column', () => {
    expect(csv(['a,b'], [['say "x"\nend']])).toBe('\uFEFF"a,b"\r\n"say ""x""\nend"\r\n');
    expect(pasted(['a'], [['x\ty\nz']])).toBe('a\nx y z');
  });
});
