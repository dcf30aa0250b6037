import { describe, expect, it } from 'vitest';
import type { Task } from '../task.ts';
import { TASKS } from '../tasks.ts';
import { tickets } from '../testing/tickets.ts';
import { type TextTypes, textClassification } from '../text/task.ts';
import { checkTask, sampleList } from './check-task.ts';

const rows = tickets(240, 1);
const questions = ['where is my parcel?', '退款', '', '👍', 'x'.repeat(3000), '<script>', '\uD800'];

describe('checkTask', () => {
  it.each(TASKS.map((task) => [task.name, task] as const))('finds nothing wrong with %s', async (_, task) => {
    expect(await checkTask(task, { sample: sampleList(rows), questions })).toEqual([]);
  });

  const check = (of: Partial<Task<TextTypes>>) =>
    checkTask({ ...textClassification, ...of }, { sample: sampleList(rows), questions });

  it.each<[string, Partial<Task<TextTypes>>]>([
    ['text.title: no text in "zh"', { title: { en: 'Texts', zh: '' } }],
    [
      'the model depends on rows that are held out',
      {
        fit: async (all, options, context) => {
          const fitted = await textClassification.fit(all, options, context);
          const parent = context.parent && { ...context.parent, heldOut: context.parent.heldOut.slice(0, 1) };
          const everything = await textClassification.fit(all, options, { ...context, parent });
          return { ...fitted, model: everything.model };
        },
      },
    ],
    [
      'another model',
      {
        fit: async (all, options, context) => ({
          ...(await textClassification.fit(all, options, context)),
          trainedOn: Math.random(),
        }),
      },
    ],
    [
      'the figure lies outside its interval',
      {
        evaluate: async (...given) => {
          const { evaluation, heldOut } = await textClassification.evaluate(...given);
          return { evaluation: { ...evaluation, figure: { ...evaluation.figure, value: 2 } }, heldOut };
        },
      },
    ],
    [
      'better than itself',
      { compare: (...given) => ({ ...textClassification.compare(...given), promote: true }) },
    ],
    ['answer 0 has no column "team"', { columns: { team: { en: 'team', zh: '团队' } } }],
  ])('says what is wrong: %s', async (problem, of) => {
    expect((await check(of)).join('\n')).toContain(problem);
  });
});
