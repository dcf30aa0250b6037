/** A run's findings as lines for a terminal. */
import { count, decimals, type Localized, percent, plural } from '@gradus/base';
import { frequencyOf, type SalesHistory } from '@gradus/tasks';
import type { Evaluated } from './evaluate.ts';
import type { Trained } from './train.ts';
import { itemInWords, methodName } from './words.ts';

const MOST_ITEMS = 8;

export function forecastFindings(
  history: SalesHistory,
  { forecasts, coverage }: Trained,
  evaluated: Evaluated,
): Localized[] {
  const largest = forecasts.toSorted((a, b) => b.total.value - a.total.value).slice(0, MOST_ITEMS);
  return [
    ...largest.map((forecast): Localized => {
      const { en, zh } = itemInWords(
        forecast,
        frequencyOf(history.grids[history.items[forecast.place]!.grid]!).step,
      );
      return { en: `${forecast.item}: ${en}.`, zh: `${forecast.item}：${zh}。` };
    }),
    ...(forecasts.length > MOST_ITEMS
      ? [
          {
            en: `And ${count(forecasts.length - MOST_ITEMS)} more in forecasts.csv.`,
            zh: `另有 ${count(forecasts.length - MOST_ITEMS)} 个商品，见 forecasts.csv。`,
          },
        ]
      : []),
    qualityInWords(evaluated, coverage),
    methodsInWords(evaluated.methods),
    ...(history.setAside.length > 0
      ? [
          {
            en: `${plural(history.setAside.length, 'item')} not forecast; the first is "${history.setAside[0]!.item}": ${history.setAside[0]!.reason.en}.`,
            zh: `${count(history.setAside.length)} 个商品未预测；首个为“${history.setAside[0]!.item}”：${history.setAside[0]!.reason.zh}。`,
          },
        ]
      : []),
  ];
}

export function qualityInWords(
  { mase, naiveMase, judged, beatNaive }: Evaluated,
  coverage: Trained['coverage'],
): Localized {
  if (judged === 0)
    return {
      en: 'The histories are too short to judge any method by: the forecasts are naive.',
      zh: '历史太短，无法检验任何方法：预测为朴素法。',
    };
  const held = (level: '80' | '95') => percent(coverage[level]);
  const intervals: Localized = Number.isFinite(coverage['80'])
    ? {
        en: `The 80% interval held ${held('80')} of the past, the 95% interval ${held('95')}.`,
        zh: `80% 区间覆盖历史的 ${held('80')}，95% 区间覆盖 ${held('95')}。`,
      }
    : {
        en: 'No forecast of the past was wrong, so that intervals cannot be judged.',
        zh: '历史上的预测没有误差，因此无法检验区间。',
      };
  return {
    en: `On its own past: error ${decimals(mase)} MASE, seasonal naive ${decimals(naiveMase)}; ${count(beatNaive)} of ${plural(judged, 'item')} beat naive. ${intervals.en}`,
    zh: `在自身历史上：误差 ${decimals(mase)} MASE，季节朴素法 ${decimals(naiveMase)}；${count(judged)} 个商品中 ${count(beatNaive)} 个优于朴素法。${intervals.zh}`,
  };
}

export function methodsInWords(methods: Evaluated['methods']): Localized {
  const of = (language: 'en' | 'zh') =>
    Object.entries(methods).map(([name, share]) => `${methodName(name)[language]} ${percent(share)}`);
  return { en: `Methods: ${of('en').join(', ')}.`, zh: `方法：${of('zh').join('、')}。` };
}
