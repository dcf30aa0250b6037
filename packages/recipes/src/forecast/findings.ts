/** A run's findings as lines for a terminal. */
import { count, decimals, type Localized, percent, signed } from '@gradus/base';
import type { ReadColumns, SalesHistory } from '@gradus/tasks';
import type { Evaluated } from './evaluate.ts';
import type { Trained } from './train.ts';
import { itemInWords, leading, methodName, seriesInWords } from './words.ts';

const MOST_ITEMS = 8;

export function forecastFindings(
  history: SalesHistory,
  { forecasts, coverage }: Trained,
  evaluated: Evaluated,
): Localized[] {
  const largest = leading(forecasts, history.columns).slice(0, MOST_ITEMS);
  return [
    ...largest.map((forecast): Localized => {
      const { en, zh } = itemInWords(forecast, history);
      return { en: `${forecast.item}: ${en}.`, zh: `${forecast.item}：${zh}。` };
    }),
    ...(forecasts.length > MOST_ITEMS
      ? [
          {
            en: `And ${count(forecasts.length - MOST_ITEMS)} more in forecasts.csv.`,
            zh: `另有 ${seriesInWords(forecasts.length - MOST_ITEMS, history.columns).zh}，见 forecasts.csv。`,
          },
        ]
      : []),
    ...evaluated.campaigns.lifts.map(({ name, lift, liftInterval: [low, high] }): Localized => {
      const share = (value: number) => signed(value, percent);
      const isTold = low > 0 || high < 0;
      return {
        en: `Campaign "${name}": ${share(lift)} (${share(low)} to ${share(high)})${isTold ? '' : ', which cannot be told from nothing'}.`,
        zh: `活动“${name}”：${share(lift)}（${share(low)} 至 ${share(high)}）${isTold ? '' : '，无法与没有效果区分'}。`,
      };
    }),
    ...evaluated.campaigns.refused.map(
      ({ of, reason }): Localized => ({
        en: `Campaign "${of}": ${reason.en}.`,
        zh: `活动“${of}”：${reason.zh}。`,
      }),
    ),
    qualityInWords(evaluated, coverage, history.columns),
    methodsInWords(evaluated.methods),
    ...(history.setAside.length > 0
      ? [
          {
            en: `${seriesInWords(history.setAside.length, history.columns).en} not forecast; the first is "${history.setAside[0]!.item}": ${history.setAside[0]!.reason.en}.`,
            zh: `${seriesInWords(history.setAside.length, history.columns).zh}未预测；首个为“${history.setAside[0]!.item}”：${history.setAside[0]!.reason.zh}。`,
          },
        ]
      : []),
  ];
}

export function qualityInWords(
  { mase, naiveMase, judged, beatNaive }: Evaluated,
  coverage: Trained['coverage'],
  columns: ReadColumns,
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
  // Zero everywhere has the least absolute error where an item is bought now and then.
  const squared: Localized =
    mase > naiveMase && beatNaive > judged / 2
      ? {
          en: ' Items bought now and then are judged by squared errors, since zero everywhere has the least absolute error there.',
          zh: '偶尔售出的商品按平方误差评判，因为对它们而言处处预测为 0 的绝对误差最小。',
        }
      : { en: '', zh: '' };
  return {
    en: `On its own past: error ${decimals(mase)} MASE, seasonal naive ${decimals(naiveMase)}; ${count(beatNaive)} of ${seriesInWords(judged, columns).en} ${judged === 1 ? 'beats' : 'beat'} naive.${squared.en} ${intervals.en}`,
    zh: `在自身历史上：误差 ${decimals(mase)} MASE，季节朴素法 ${decimals(naiveMase)}；${seriesInWords(judged, columns).zh}中 ${count(beatNaive)} ${columns.measures ? '条' : '个'}优于朴素法。${squared.zh}${intervals.zh}`,
  };
}

export function methodsInWords(methods: Evaluated['methods']): Localized {
  const of = (language: 'en' | 'zh') =>
    Object.entries(methods).map(([name, share]) => `${methodName(name)[language]} ${percent(share)}`);
  return { en: `Methods: ${of('en').join(', ')}.`, zh: `方法：${of('zh').join('、')}。` };
}
