import { describe, expect, it } from 'vitest';
import { apply, EMPTY, MOST, room, SELF, type Board, type Command } from './board';
import { act, begin, redo, STEPS, undo, type History } from './history';

const after = (...commands: Command[]) => commands.reduce(apply, EMPTY);
const keys = (board: Board) => [...board.held.keys()];
const add = (...some: string[]): Command => ({ does: 'add', keys: some });
const expand = (node: string, ...some: string[]): Command => ({ does: 'expand', node, keys: some });

describe('a board', () => {
  it('takes away what only a collapsed thing brought, with what that brought, and leaves what others hold', () => {
    const board = after(add('A', 'B'), expand('A', 'x', 'y'), expand('x', 'z'), expand('B', 'y'));
    expect(keys(apply(board, { does: 'collapse', nodes: ['A'] }))).toEqual(['A', 'B', 'y']);
    expect(keys(apply(board, { does: 'collapse', nodes: ['x'] }))).toEqual(['A', 'B', 'x', 'y']);
    expect(keys(apply(board, { does: 'collapse', nodes: ['A', 'B'] }))).toEqual(['A', 'B']);
    expect(apply(board, { does: 'collapse', nodes: ['z', 'nobody'] })).toBe(board);
  });
  it('lets things that brought each other go together', () => {
    const board = after(add('A'), expand('A', 'x'), expand('x', 'y'), expand('y', 'x'));
    expect(keys(apply(board, { does: 'collapse', nodes: ['A'] }))).toEqual(['A']);
  });
  it('keeps what a hidden thing brought', () => {
    const board = after(add('A'), expand('A', 'x', 'y'), { does: 'hide', keys: ['A'] });
    expect(keys(board)).toEqual(['x', 'y']);
    expect(keys(apply(board, { does: 'collapse', nodes: ['x'] }))).toEqual(['x', 'y']);
    expect(keys(apply(board, { does: 'only', keys: ['y'] }))).toEqual(['y']);
  });
  it('keeps what a hidden thing brought where those hold each other', () => {
    const board = after(add('A'), expand('A', 'x'), expand('x', 'y'), expand('y', 'x'), { does: 'hide', keys: ['A'] });
    expect(keys(apply(board, { does: 'collapse', nodes: ['y'] }))).toEqual(['x', 'y']);
    expect(board.held.get('x')?.has(SELF)).toBe(true);
  });
  it('holds so many things at most, whatever is expanded', () => {
    const many = Array.from({ length: 9_000 }, (_, k) => `O${k}`);
    const board = after(add('S'), expand('S', ...many));
    expect([board.held.size, room(board)]).toEqual([MOST, 0]);
    expect(apply(board, add('new'))).toBe(board);
    expect(keys(apply(board, { does: 'collapse', nodes: ['S'] }))).toEqual(['S']);
  });
  it('does nothing with what is not on it', () => {
    const board = after(add('A'));
    for (const command of [
      expand('nobody', 'x'), expand('A', 'A'), { does: 'hide', keys: ['x'] }, { does: 'unpin', keys: ['A'] },
      { does: 'pin', at: [['x', { x: 1, y: 1 }]] }, { does: 'filter', what: 'unit', drawn: true }, { does: 'lay', layout: 'auto' },
    ] satisfies Command[]) expect(apply(board, command)).toBe(board);
  });
});

/** Numbers that a seed settles (mulberry32): what fails once fails again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
function any(dice: () => number): Command {
  const one = () => `T${Math.floor(dice() * 40)}`;
  const some = () => Array.from({ length: Math.floor(dice() * 8) }, one);
  const point = () => ({ x: Math.floor(dice() * 100), y: Math.floor(dice() * 100) });
  const commands: (() => Command)[] = [
    () => add(...some()),
    () => expand(one(), ...some()),
    () => expand(one(), ...some()),
    () => ({ does: 'collapse', nodes: some().slice(0, 2) }),
    () => ({ does: 'hide', keys: some().slice(0, 2) }),
    () => ({ does: 'only', keys: [...some(), ...some(), ...some()] }),
    () => ({ does: 'pin', at: some().map((key) => [key, point()] as const) }),
    () => ({ does: 'unpin', keys: some() }),
    () => ({ does: 'filter', what: dice() < 0.5 ? 'unit' : 'COVERS', drawn: dice() < 0.5 }),
    () => ({ does: 'lay', layout: dice() < 0.5 ? 'levels' : 'forces' }),
    () => ({ does: 'date', asOf: dice() < 0.5 ? null : '2016-08-26' }),
    () => (dice() < 0.1 ? { does: 'clear' } : add(one())),
  ];
  return (commands[Math.floor(dice() * commands.length)] ?? (() => add('A')))();
}
/** A board as plain values, to be compared. */
const told = (board: Board) => JSON.stringify([[...board.held].map(([k, v]) => [k, [...v]]), [...board.pinned], [...board.without], board.layout, board.asOf]);

function sound(board: Board): void {
  const reached = new Set([...board.held].filter(([, holders]) => holders.has(SELF)).map(([key]) => key));
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const [key, holders] of board.held) if ([...holders].some((one) => reached.has(one))) reached.add(key);
  }
  expect(reached.size).toBe(board.held.size);
  expect(board.held.size).toBeLessThanOrEqual(MOST);
  for (const key of board.pinned.keys()) expect(board.held.has(key)).toBe(true);
  for (const holders of board.held.values()) for (const one of holders) expect(one === SELF || board.held.has(one)).toBe(true);
}

describe('whatever is done', () => {
  const seed = Number(import.meta.env['SEED'] ?? 751154103);
  it(`can be undone and done again, leaves a sound board and changes none that was (SEED=${seed})`, () => {
    for (let run = 0; run < 60; run += 1) {
      const dice = random(seed + run);
      let history: History<Board, Command> = begin(EMPTY);
      const states = [told(EMPTY)];
      const boards = [EMPTY];
      for (let step = 0; step < 60; step += 1) {
        const done = act(history, any(dice), apply);
        if (done === history) continue;
        history = done;
        sound(history.now);
        states.push(told(history.now));
        boards.push(history.now);
      }
      expect(boards.map(told)).toEqual(states);
      for (let k = states.length - 1; k > 0; k -= 1) {
        expect(told(history.now)).toBe(states[k]);
        history = undo(history);
      }
      expect([told(history.now), history.past.length]).toEqual([states[0], 0]);
      expect(undo(history)).toBe(history);
      for (const state of states.slice(1)) {
        history = redo(history);
        expect(told(history.now)).toBe(state);
      }
      expect(redo(history)).toBe(history);
    }
  });
  it('remembers so many steps, and no future once something else is done', () => {
    let history: History<Board, Command> = begin(EMPTY);
    for (let k = 0; k < STEPS + 50; k += 1) history = act(history, { does: 'date', asOf: `${k}` }, apply);
    expect(history.past).toHaveLength(STEPS);
    history = undo(undo(history));
    expect(history.future).toHaveLength(2);
    expect(act(history, { does: 'lay', layout: 'levels' }, apply).future).toEqual([]);
  });
});
