/**
 * A recipe of one screen: which team a support ticket is for, learnt from tickets that have one.
 *
 *     node examples/one-screen-recipe.ts tickets examples/tickets.csv   # runs it; the report opens in any browser
 *     node examples/one-screen-recipe.ts serve latest                   # answers over HTTP; `iterate` learns from corrections
 */
import { recipe, role, table } from '@gradus/loop';
import { TextOptions, textClassification, textLearner } from '@gradus/tasks';
import { main } from 'gradus';

const title = { en: 'Teams of support tickets', zh: '工单分派' };

const takes = {
  data: table(
    {
      text: role.text({ en: 'column of the ticket text', zh: '工单文本所在的列' }),
      team: role.label({ en: 'column of the team', zh: '团队所在的列' }),
      time: role.time({ en: 'column of dates', zh: '日期所在的列' }).optional(),
      channel: role.category({ en: 'column of channels', zh: '渠道所在的列' }).optional(),
    },
    { en: 'table of tickets', zh: '工单表' },
  ),
};

export const tickets = recipe({
  name: 'tickets',
  title,
  about: {
    en: 'Learns from past tickets which team a new one is for, and leaves to people what it is not sure of.',
    zh: '从以往工单学习新工单应交给哪个团队，没有把握的留给人工处理。',
  },
  version: 1,
  sample: new URL('tickets.csv', import.meta.url),
  takes,
  options: TextOptions,
  ...textLearner(textClassification, {
    takes,
    title,
    example: ['I was charged twice for one order.', '快递一直没有更新，请问到哪里了？'],
    purpose: {
      en: 'Sorts support tickets by team. Meant for tickets like those that it was trained on.',
      zh: '按团队分派工单，适用于与训练数据相似的工单。',
    },
  }),
});

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), [tickets]);
