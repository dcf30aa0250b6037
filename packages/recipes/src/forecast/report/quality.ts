/** How good the forecasts were on the items' own past, and which methods made them. */
import { count, decimals, percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import { methodsInWords } from '../findings.ts';
import { held } from '../words.ts';
import type { ReportInput } from './input.ts';

export function quality({ train: { coverage }, evaluate }: ReportInput): Section {
  const { mase, naiveMase, relative, naiveRelative, judged, beatNaive, methods } = evaluate;
  if (judged === 0) {
    return {
      id: 'quality',
      title: { en: 'Quality', zh: '预测质量' },
      blocks: [
        {
          kind: 'note',
          tone: 'warning',
          text: {
            en: 'The histories are too short to judge any method by.',
            zh: '历史太短，无法检验任何方法。',
          },
        },
      ],
    };
  }
  return {
    id: 'quality',
    title: { en: 'Quality', zh: '预测质量' },
    blocks: [
      {
        kind: 'figures',
        items: [
          {
            label: { en: 'Error of all amounts', zh: '总体误差' },
            value: percent(relative),
            detail: {
              en: `seasonal naive ${percent(naiveRelative)}`,
              zh: `季节朴素法 ${percent(naiveRelative)}`,
            },
          },
          {
            label: { en: 'MASE', zh: 'MASE' },
            value: decimals(mase),
            detail: { en: `seasonal naive ${decimals(naiveMase)}`, zh: `季节朴素法 ${decimals(naiveMase)}` },
          },
          {
            label: { en: 'Items that beat naive', zh: '优于朴素法的商品' },
            value: `${count(beatNaive)} / ${count(judged)}`,
          },
          { label: { en: '80% interval held', zh: '80% 区间覆盖' }, value: held(coverage['80']) },
          { label: { en: '95% interval held', zh: '95% 区间覆盖' }, value: held(coverage['95']) },
        ],
      },
      { kind: 'text', text: methodsInWords(methods) },
      {
        kind: 'text',
        text: {
          en: 'All figures come from forecasts of the past that were made without what they forecast (rolling origin). MASE: the error over that of the seasonal naive forecast one step ahead. The coverage is that of intervals made from other rolls than those they are held against. An item is said to beat the seasonal naive forecast only where chance would show such a gain in one of twenty series at most; others tie with it.',
          zh: '所有指标都来自滚动回测：预测时不含被预测的数据。MASE 为误差与季节朴素法一步误差之比。覆盖率所用的区间由其他回测得出。只有偶然中二十条序列至多出现一次的优势，才称优于季节朴素法；其余称为难分高下。',
        },
      },
    ],
  };
}
