/** What the items add up to: everything, and each shop, region or category. */
import { count, type Localized, percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { SumForecast, Sums } from '@gradus/tasks';
import { amount } from '../words.ts';
import type { ReportInput } from './input.ts';

const MOST_SHOWN = 40;
const EVERYTHING: Localized = { en: 'all items', zh: '全部商品' };

export function sums({ train: { sums } }: ReportInput): Section | null {
  if (!sums) return null;
  return {
    id: 'sums',
    title: { en: 'Sums', zh: '合计' },
    blocks: [
      {
        kind: 'table',
        caption: {
          en: 'What the items add up to over all steps, with the 80% interval',
          zh: '各商品全部步的合计及 80% 区间',
        },
        columns: [
          { label: { en: 'Sum of', zh: '合计对象' } },
          { label: { en: 'Items', zh: '商品数' }, align: 'right' },
          { label: { en: 'All steps', zh: '全部步' }, align: 'right' },
          { label: { en: 'From', zh: '下限' }, align: 'right' },
          { label: { en: 'To', zh: '上限' }, align: 'right' },
          { label: { en: 'Error in the past', zh: '历史误差' }, align: 'right' },
        ],
        rows: sums.sums
          .slice(0, MOST_SHOWN)
          .map((sum) => [
            nameOf(sum),
            count(sum.members.length),
            amount(sum.total.value),
            amount(sum.total.low),
            amount(sum.total.high),
            sum.relative === undefined ? '–' : percent(sum.relative),
          ]),
      },
      { kind: 'text', text: howInWords(sums) },
    ],
  };
}

const nameOf = ({ of }: SumForecast): string | Localized => {
  const values = Object.values(of);
  return values.length === 0 ? EVERYTHING : values.join(' / ');
};

/** How sums were made, and what the other way would have been worth. */
function howInWords({ method, errors, sums }: Sums): Localized {
  const all = {
    en: `All ${count(sums.length)} sums, step by step, are in sums.csv; each is exactly what its items in forecasts.csv add up to.`,
    zh: `全部 ${count(sums.length)} 个合计的逐步预测见 sums.csv；每个合计都恰好等于 forecasts.csv 中其商品之和。`,
  };
  if (!errors)
    return {
      en: `The items are added up as they are: there is too little past to judge another way. ${all.en}`,
      zh: `直接由商品相加：历史太短，无法检验其他做法。${all.zh}`,
    };
  const [moved, plain] = [percent(errors.reconciled), percent(errors.bottomUp)];
  return method === 'mint-shrink'
    ? {
        en: `Sums were forecast as series of their own and reconciled with the items (minimum trace, shrunk): in the past the errors were ${moved} of the size, with items added up as they are ${plain}. ${all.en}`,
        zh: `合计先作为独立序列预测，再与商品协调（MinT 收缩法）：历史误差为规模的 ${moved}，直接相加为 ${plain}。${all.zh}`,
      }
    : {
        en: `The items are added up as they are: in the past the errors were ${plain} of the size, reconciled with forecasts of the sums (minimum trace, shrunk) ${moved}. ${all.en}`,
        zh: `直接由商品相加：历史误差为规模的 ${plain}，与合计预测协调后（MinT 收缩法）为 ${moved}。${all.zh}`,
      };
}
