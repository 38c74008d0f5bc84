import { describe, expect, it } from 'vitest';
import { format, page, parse } from '../state/address';
import { apply, EMPTY, MOST, type Command } from './board';
import { read, write } from './held';

const ids = ['unit:U1', 'building:420106007/001', 'park:park:420106/P01', 'organization:甲 公司?#&=%+', 'unit:a\\s b', 'unit:<img src=x>', 'unit:a.b-c_d*'];

describe('a board in an address', () => {
  it('comes back as it was: things, who brought them, places, pins, filters, layout, date', () => {
    const commands: Command[] = [
      { does: 'add', keys: ids.slice(0, 3) },
      { does: 'expand', node: 'unit:U1', keys: ids.slice(3) },
      { does: 'expand', node: 'building:420106007/001', keys: ['unit:a.b-c_d*', 'unit:U1'] },
      { does: 'pin', at: [['unit:U1', { x: -12.3, y: 4 }]] },
      { does: 'filter', what: 'LOCATED_IN', drawn: false },
      { does: 'lay', layout: 'levels' },
      { does: 'date', asOf: '2016-08-26' },
    ];
    const board = commands.reduce(apply, EMPTY);
    const at = new Map([['unit:U1', { x: -12.3, y: 4 }], ['unit:<img src=x>', { x: 100.5, y: -0.1 }]]);
    const view = parse(format(page('explore', write({ board, at }))));
    expect('held' in view && read(view.held)).toEqual({ board, at });
  });
  it('is nothing for an empty board', () => {
    expect(write({ board: EMPTY, at: new Map() })).toEqual({});
    expect(read({}).board).toEqual(EMPTY);
  });
  it('takes what it knows and no more than a board holds', () => {
    const show = Array.from({ length: 2_000 }, (_, k) => `unit:U${k}`).join(' ');
    expect(read({ show }).board.held.size).toBe(MOST);
    const odd = read({ show: 'unit:U1 nothing : unit: unit:U1', by: '9-x.0.-1', at: '1e9_2.NaN_3', layout: 'spiral', without: 'a b.<i>', as_of: 'now' });
    expect([...odd.board.held.keys()]).toEqual(['unit:U1']);
    expect({ ...odd.board, held: EMPTY.held }).toEqual(EMPTY);
    expect(odd.at.size).toBe(0);
  });
});
