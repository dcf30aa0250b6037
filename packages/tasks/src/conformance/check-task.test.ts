import { describe, expect, it } from 'vitest';
import { tableLearning } from '../table/task.ts';
import { customers, sampleTable } from '../table/testing/customers.ts';
import { reviews } from '../table/testing/reviews.ts';
import type { Task, TaskTypes } from '../task.ts';
import { TASKS } from '../tasks.ts';
import { tickets } from '../testing/tickets.ts';
import { type TextTypes, textClassification } from '../text/task.ts';
import { type CheckTaskOptions, checkTask, sampleList } from './check-task.ts';

const rows = tickets(240, 1);
const questions = ['where is my parcel?', '退款', '', '👍', 'x'.repeat(3000), '<script>', '\uD800'];

/** What each task learns from, and is asked. */
const SAMPLES: Readonly<Record<string, () => CheckTaskOptions<TaskTypes>>> = {
  text: () => ({ sample: sampleList(rows), questions }),
  clusters: () => ({ sample: sampleList(rows), questions }),
  table: () => ({
    sample: sampleTable(customers(300)),
    questions: [
      { plan: 'monthly', logins: 3, joined: '2026-01-05', tickets: 2 },
      {},
      { plan: '\uD800', logins: '1,5', joined: 'never', tickets: Number.MAX_VALUE, other: true },
      { plan: null, logins: '', joined: 1_700_000_000_000, tickets: '３' },
    ],
    options: { minutes: 0.1 },
  }),
};

describe('checkTask', () => {
  it.each(TASKS.map((task) => [task.name, task] as const))(
    'finds nothing wrong with %s',
    async (name, task) => {
      expect(await checkTask(task, SAMPLES[name]!())).toEqual([]);
    },
  );

  it.each(['en', 'zh'] as const)('finds nothing wrong with tables that have texts: %s', async (language) => {
    const sample = sampleTable(reviews(300, { language }));
    const cells = questions.map((review, i) => ({ review, price: i }));
    const asked = [...cells, {}, { review: '好'.repeat(20_000) }, { review: 'broken and slow', price: 90 }];
    const options = { minutes: 0.1 };
    expect(await checkTask(tableLearning, { sample, questions: asked, options })).toEqual([]);
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
