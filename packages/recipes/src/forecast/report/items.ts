/** What to expect of each item, the largest first, in a sentence each. */
import { count, type Localized } from '@gradus/base';
import type { Section } from '@gradus/report';
import { frequencyOf } from '@gradus/tasks';
import { amount, itemInWords } from '../words.ts';
import type { ReportInput } from './input.ts';

const MOST_ITEMS = 50;

export function items({ history, train: { forecasts } }: ReportInput): Section {
  const step = (place: number): Localized => frequencyOf(history.grids[history.items[place]!.grid]!).step;
  const largest = forecasts.toSorted((a, b) => b.total.value - a.total.value).slice(0, MOST_ITEMS);
  return {
    id: 'items',
    title: { en: 'Expected sales', zh: '预计销量' },
    blocks: [
      {
        kind: 'list',
        ordered: false,
        items: largest.map((forecast) => {
          const { en, zh } = itemInWords(forecast, step(forecast.place));
          return { en: `${forecast.item}: ${en}.`, zh: `${forecast.item}：${zh}。` };
        }),
      },
      ...(forecasts.length > MOST_ITEMS
        ? [
            {
              kind: 'text' as const,
              text: {
                en: `The largest ${MOST_ITEMS} of ${count(forecasts.length)} items; all of them, step by step with quantiles, are in forecasts.csv.`,
                zh: `此处为 ${count(forecasts.length)} 个商品中最大的 ${MOST_ITEMS} 个；全部商品逐步的预测及分位数见 forecasts.csv。`,
              },
            },
          ]
        : []),
      {
        kind: 'table',
        caption: { en: 'The next steps with their 80% interval', zh: '接下来各步及其 80% 区间' },
        columns: [
          { label: { en: 'Item', zh: '商品' } },
          { label: { en: 'Next step', zh: '下一步' }, align: 'right' },
          { label: { en: 'All steps', zh: '全部步' }, align: 'right' },
          { label: { en: 'From', zh: '下限' }, align: 'right' },
          { label: { en: 'To', zh: '上限' }, align: 'right' },
        ],
        rows: largest.map(({ item, mean, total }) => [
          item,
          amount(mean[0]!),
          amount(total.value),
          amount(total.low),
          amount(total.high),
        ]),
      },
      {
        kind: 'text',
        text: {
          en: '± is half of the 80% interval of the sum. "Right to 9%": the errors of forecasts of the last part of the past, made from before it, add up to 9% of what was sold. A roll is one such forecast.',
          zh: '± 为总和 80% 区间的一半。“误差 9%”：站在过去、对其后一段历史所作的预测，误差之和为实际销量的 9%。一次回测就是一次这样的预测。',
        },
      },
    ],
  };
}
