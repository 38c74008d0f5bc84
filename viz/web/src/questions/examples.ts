/** Questions to start from, for each of those whom the application is for. */
import type { Key } from '../texts';
import { blank, step, type Draft } from './draft';

export interface Example {
  title: Key;
  draft: Draft;
}

const uncovered = { property: 'covered', is: '=', value: false } as const;
const live = { property: 'live', is: '=', value: true } as const;

export const examples: readonly { whom: Key; some: readonly Example[] }[] = [
  {
    whom: 'questions.planner',
    some: [
      {
        title: 'questions.example.uncovered',
        draft: {
          ...blank(),
          where: [uncovered, { property: 'in_base', is: '=', value: true }, { property: 'formal_members', is: '>=', value: 3 }],
          order: { by: 'formal_members', descending: true },
        },
      },
      {
        title: 'questions.example.together',
        draft: {
          ...blank('building'),
          related: [{ ...step({ relation: 'LOCATED_IN', direction: 'in', kind: 'organization' }), least: 3, where: [{ property: 'action', is: '=', value: 'joint' }] }],
        },
      },
      {
        title: 'questions.example.beside',
        draft: {
          ...blank(),
          where: [uncovered, { property: 'in_base', is: '=', value: true }],
          related: [
            {
              ...step({ relation: 'LOCATED_IN', direction: 'out', kind: 'building' }),
              related: [
                {
                  ...step({ relation: 'LOCATED_IN', direction: 'in', kind: 'organization' }),
                  related: [{ ...step({ relation: 'COVERS', direction: 'in', kind: 'unit' }), where: [live, { property: 'is_joint', is: '=', value: true }] }],
                },
              ],
            },
          ],
        },
      },
    ],
  },
  {
    whom: 'questions.auditor',
    some: [
      {
        title: 'questions.example.dissolved',
        draft: {
          ...blank('unit'),
          where: [live],
          related: [{ ...step({ relation: 'SUBORDINATE_TO', direction: 'out', kind: 'unit' }), where: [{ property: 'live', is: '=', value: false }] }],
        },
      },
      {
        title: 'questions.example.alone',
        draft: {
          ...blank('unit'),
          where: [live],
          related: [{ ...step({ relation: 'SUBORDINATE_TO', direction: 'out', kind: 'unit' }), least: 0 }],
        },
      },
      { title: 'questions.example.dangling', draft: { ...blank(), where: [{ property: 'dangling', is: '=', value: true }], show: ['unit'] } },
    ],
  },
  {
    whom: 'questions.reader',
    some: [
      {
        title: 'questions.example.largest',
        draft: { ...blank(), where: [{ property: 'status', is: '=', value: '正常' }], order: { by: 'staff', descending: true }, show: ['category'] },
      },
      {
        title: 'questions.example.associations',
        draft: { ...blank('association'), related: [{ ...step({ relation: 'MEMBER_OF', direction: 'in', kind: 'organization' }), least: 10 }] },
      },
    ],
  },
];
