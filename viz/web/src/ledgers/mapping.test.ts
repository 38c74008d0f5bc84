import { describe, expect, it } from 'vitest';
import { anew, changed, entries, entry, missing, nameFor, read, twice, type Kind, type Sheet } from './mapping';

const column = (index: number, heading: string, means: string | null, how: string) => ({ index, letter: 'A', heading, cells: 1, means, how, likely: null, known_as: {} });
const sheet = (more: Partial<Sheet> = {}): Sheet => ({
  sheet: 's', hidden: false, encoding: '', header_rows: [1, 1], rows: 1, kind: 'organization', label: null, tied: [], missing: [], entry: null, problem: null,
  sample: [], header_said: false, left_out: false, first_rows: [], faulty_rows: 0, faulty_cells: 0, blanked: null,
  columns: [column(0, '企业代码', '统一社会信用代码', 'wording'), column(1, '法定代表人', null, 'personal'), column(2, '规模大小', null, 'unknown'), column(3, '类别', '类别', 'canonical'), column(4, '工会', '群团组织', 'tick')],
  ...more,
}); // prettier-ignore
const kinds: Kind[] = [
  { id: 'organization', label: { zh: '', en: '' }, columns: ['统一社会信用代码', '类别', '规模', '群团组织'].map((name, k) => ({ name, required: k < 2, label: { zh: name, en: name } })) },
];

describe('a mapping from what one says', () => {
  it('is what the reader knew, until something else is said', () => {
    expect(changed(sheet(), read(sheet()))).toBe(false);
    const said = { ...read(sheet()), means: { ...read(sheet()).means, 2: '规模' } };
    expect(changed(sheet(), said)).toBe(true);
    expect(entry(sheet(), said)).toEqual({ sheet: 'organization', when: ['企业代码', '规模大小', '类别'], columns: { 企业代码: '统一社会信用代码', 规模大小: '规模', 类别: '类别' } });
  });
  it('gives a personal column no meaning, whatever is said', () => {
    const said = { ...read(sheet()), means: { ...read(sheet()).means, 1: '规模' } };
    expect(entry(sheet(), said)?.['columns']).not.toHaveProperty('法定代表人');
    expect(anew(sheet({ columns: [column(0, '类别', null, 'personal')] }), kinds[0] ?? null).means[0]).toBeNull();
  });
  it('leaves out a known column that is not to be read', () => {
    const said = { ...read(sheet()), means: { ...read(sheet()).means, 3: null }, absent: ['类别'] };
    expect(entry(sheet(), said)).toMatchObject({ ignore: ['类别'], absent: ['类别'] });
    expect(missing(sheet(), said, kinds)).toEqual([]);
    expect(missing(sheet(), { ...said, absent: [] }, kinds)).toEqual(['类别']);
  });
  it('finds two columns of one meaning, but for ticked ones', () => {
    const said = read(sheet());
    expect(twice(said, sheet())).toEqual([]);
    expect(twice({ ...said, means: { ...said.means, 2: '类别' } }, sheet())).toEqual(['类别']);
  });
  it('says of sheets that read alike once', () => {
    const one = sheet();
    expect(entries([[one, read(one)], [sheet({ sheet: 't' }), read(one)]])).toHaveLength(1);
    expect(entries([[one, { kind: null, means: {}, absent: [] }]])).toEqual([]);
  });
  it('keeps what a mapping says besides columns', () => {
    const given = sheet({ entry: { sheet: 'organization', set: { line: 'social' }, constants: { 类别: '私营企业' } } });
    expect(entry(given, read(given))).toMatchObject({ set: { line: 'social' } });
    expect(missing(given, { kind: 'organization', means: { 0: '统一社会信用代码' }, absent: [] }, kinds)).toEqual([]);
  });
  it('keeps where the header was said to be, and knows the layout by its headings from then on', () => {
    const given = sheet({ header_rows: [3, 4], header_said: true, entry: { sheet: 'organization', file: '甲.xlsx', name: '一', header: [3, 4] } });
    const made = entry(given, read(given));
    expect(made).toMatchObject({ sheet: 'organization', header: [3, 4], when: ['企业代码', '类别'] });
    expect(made).not.toHaveProperty('name');
    expect(made).not.toHaveProperty('file');
    expect(entry(sheet({ kind: null, header_rows: [2, 2], header_said: true }), { kind: null, means: {}, absent: [] })).toEqual({ name: 's', header: [2, 2] });
  });
  it('leaves a sheet out by its name, before all others', () => {
    const out = sheet({ kind: null, left_out: true, sheet: '说明[1]' });
    expect(entries([[sheet(), read(sheet())], [out, read(out), '甲.xlsx']])[0]).toEqual({ file: '甲.xlsx', name: '说明[[]1]', leave_out: true });
  });
  it('guesses anew for another kind of sheet', () => {
    const found = anew(sheet({ kind: null, columns: [{ ...column(0, '单位性质', null, 'unknown'), known_as: { organization: '类别', unit: '类型' } }, { ...column(1, '大小', null, 'unknown'), likely: '规模' }] }), kinds[0] ?? null);
    expect(found.means).toEqual({ 0: '类别', 1: '规模' });
  });
});

it('names a mapping after its file', () => {
  expect(nameFor('C:\\x\\11-01 青澜区台账（终稿）.xlsx')).toBe('11-01青澜区台账终稿');
  expect(nameFor('《》.xls')).toBe('mapping');
});
