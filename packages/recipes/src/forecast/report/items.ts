/** What to expect of each item, the largest first, in a sentence each. */
import { count, type Localized } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { ItemForecast } from '@gradus/tasks';
import { amount, itemInWords, leading, overall, seriesInWords } from '../words.ts';
import type { ReportInput } from './input.ts';

/** Items that are read, and those that are looked up. */
const [MOST_SHOWN, MOST_FOLDED] = [12, 100];

export function items({ history, train: { forecasts } }: ReportInput): Section {
  const { columns } = history;
  const { measures } = columns;
  const sorted = leading(forecasts, columns);
  const told = (some: readonly ItemForecast[]): Extract<Block, { kind: 'list' | 'table' }>[] => [
    {
      kind: 'list',
      ordered: false,
      items: some.map((forecast): Localized => {
        const { en, zh } = itemInWords(forecast, history);
        return { en: `${forecast.item}: ${en}.`, zh: `${forecast.item}：${zh}。` };
      }),
    },
    {
      kind: 'table',
      caption: { en: 'The next steps with their 80% interval', zh: '接下来各步及其 80% 区间' },
      columns: [
        { label: measures ? { en: 'Series', zh: '序列' } : { en: 'Item', zh: '商品' } },
        { label: { en: 'Next step', zh: '下一步' }, align: 'right' },
        {
          label: measures ? { en: 'Mean of all steps', zh: '各步平均' } : { en: 'All steps', zh: '全部步' },
          align: 'right',
        },
        { label: { en: 'From', zh: '下限' }, align: 'right' },
        { label: { en: 'To', zh: '上限' }, align: 'right' },
      ],
      rows: some.map((forecast) => {
        const { value, low, high } = overall(forecast, columns);
        return [forecast.item, amount(forecast.mean[0]!), amount(value), amount(low), amount(high)];
      }),
    },
  ];
  const rest = sorted.slice(MOST_SHOWN, MOST_FOLDED);
  const more = seriesInWords(rest.length, columns);
  return {
    id: 'items',
    title: measures ? { en: 'What to expect', zh: '预计值' } : { en: 'Expected sales', zh: '预计销量' },
    blocks: [
      ...told(sorted.slice(0, MOST_SHOWN)),
      ...(rest.length > 0
        ? [
            {
              kind: 'details' as const,
              summary: { en: `The next ${more.en}`, zh: `其后 ${more.zh}` },
              blocks: told(rest),
            },
          ]
        : []),
      ...(sorted.length > MOST_FOLDED
        ? [
            {
              kind: 'text' as const,
              text: {
                en: `The largest ${MOST_FOLDED} of ${count(sorted.length)} items; all of them, step by step with quantiles, are in forecasts.csv.`,
                zh: `此处为 ${count(sorted.length)} 个商品中最大的 ${MOST_FOLDED} 个；全部商品逐步的预测及分位数见 forecasts.csv。`,
              },
            },
          ]
        : []),
      {
        kind: 'text',
        text: measures
          ? {
              en: '± is half of the 80% interval of the mean; where that is far from even, both its ends are told. "Right to 9%": the errors of forecasts of the last part of the past, made from before it, add up to 9% of what was measured, without its sign. A roll is one such forecast.',
              zh: '± 为平均值 80% 区间的一半；区间明显不对称时给出两端。“误差 9%”：站在过去、对其后一段历史所作的预测，误差之和为实际值（取绝对值）的 9%。一次回测就是一次这样的预测。',
            }
          : {
              en: '± is half of the 80% interval of the sum; where that is far from even, both its ends are told. "Right to 9%": the errors of forecasts of the last part of the past, made from before it, add up to 9% of what was sold. A roll is one such forecast.',
              zh: '± 为总和 80% 区间的一半；区间明显不对称时给出两端。“误差 9%”：站在过去、对其后一段历史所作的预测，误差之和为实际销量的 9%。一次回测就是一次这样的预测。',
            },
      },
    ],
  };
}
