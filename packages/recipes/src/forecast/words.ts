/** Forecasts in words. */
import { count, type Localized, percent, plural, significant } from '@gradus/base';
import { frequencyOf, type ItemForecast, type ReadColumns, type SalesHistory } from '@gradus/tasks';

export const METHODS: Readonly<Record<string, Localized>> = {
  naive: { en: 'last value again', zh: '沿用最后一个值' },
  'seasonal-naive': { en: 'last season again', zh: '沿用上一季' },
  drift: { en: 'drift', zh: '漂移' },
  theta: { en: 'theta', zh: 'Theta' },
  'dynamic-theta': { en: 'dynamic theta', zh: '动态 Theta' },
  ets: { en: 'exponential smoothing', zh: '指数平滑' },
  ces: { en: 'complex smoothing', zh: '复指数平滑' },
  arima: { en: 'ARIMA', zh: 'ARIMA' },
  mstl: { en: 'decomposition into seasons', zh: '季节分解' },
  card: { en: 'Card', zh: 'Card' },
  'level-shape': { en: 'level and shape', zh: '水平与形状' },
  'window-ridge': { en: 'regression on windows', zh: '窗口回归' },
  croston: { en: 'Croston', zh: 'Croston' },
  sba: { en: 'Syntetos-Boylan', zh: 'Syntetos-Boylan' },
  tsb: { en: 'Teunter-Syntetos-Babai', zh: 'Teunter-Syntetos-Babai' },
  adida: { en: 'aggregated counts', zh: '聚合计数' },
  imapa: { en: 'counts of several aggregations', zh: '多重聚合计数' },
  analogy: { en: 'launches of other items', zh: '其他商品的上市过程' },
  network: { en: 'imported network', zh: '导入的网络' },
  trees: { en: 'model of all items (boosted trees)', zh: '全部商品的模型（提升树）' },
  'n-hits': { en: 'network of all items (N-HiTS)', zh: '全部商品的网络（N-HiTS）' },
};

export const methodName = (name: string): Localized => METHODS[name] ?? { en: name, zh: name };

/** How often an interval held; – where no forecast of the past was wrong, so that it cannot be told. */
export const held = (share: number): string => (Number.isFinite(share) ? percent(share) : '–');

/** Errors nearly as large as the amounts themselves. */
export const USELESS = 0.8;

/** An amount with as many digits as its interval deserves. */
export const amount = (value: number): string =>
  Math.abs(value) >= 100 ? count(value) : significant(Number(value.toPrecision(3)));

/** What a file's series are called. */
export const seriesInWords = (n: number, { measures }: ReadColumns): Localized =>
  measures
    ? { en: `${count(n)} series`, zh: `${count(n)} 条序列` }
    : { en: plural(n, 'item'), zh: `${count(n)} 个商品` };

/** The items of which most is expected; measurements have no order but the file's. */
export const leading = (
  forecasts: readonly ItemForecast[],
  { measures }: ReadColumns,
): readonly ItemForecast[] =>
  measures ? forecasts : forecasts.toSorted((a, b) => b.total.value - a.total.value);

/** All steps together: what is sold adds up, of what is measured the mean is told. */
export function overall({ total, mean }: ItemForecast, { measures }: ReadColumns): ItemForecast['total'] {
  const by = measures ? mean.length : 1;
  return { value: total.value / by, low: total.low / by, high: total.high / by };
}

/** Where one side of an interval is more than so many times the other, both ends are told. */
const LOPSIDED = 2;

/** "expect 1,240 ± 160 over the next 28 days; over the last 12 rolls it was right to 9.0%, seasonal naive to 13.0%" */
export function itemInWords(forecast: ItemForecast, { grids, items, columns }: SalesHistory): Localized {
  const { mean, judged, method, naiveName, analogy, place } = forecast;
  const { step } = frequencyOf(grids[items[place]!.grid]!);
  const { value, low, high } = overall(forecast, columns);
  const half = (high - low) / 2;
  // An interval that reaches down to nothing is far from even, and others may be.
  const [below, above] = [value - low, high - value];
  const isEven = Math.max(below, above) <= LOPSIDED * Math.min(below, above);
  const range: Localized =
    (!columns.measures && low <= 0) || !isEven
      ? { en: ` (${amount(low)} to ${amount(high)})`, zh: `（${amount(low)} 至 ${amount(high)}）` }
      : { en: ` ± ${amount(half)}`, zh: ` ± ${amount(half)}` };
  const steps = mean.length;
  const average = columns.measures ? { en: ' on average', zh: '平均' } : { en: '', zh: '' };
  const expected: Localized = {
    en: `expect ${amount(value)}${range.en}${average.en} over the next ${steps === 1 ? step.en : `${count(steps)} ${step.en}s`}`,
    zh: `未来 ${count(steps)} ${step.zh}预计${average.zh} ${amount(value)}${range.zh}`,
  };
  if (analogy) {
    const [own, plain] = [percent(analogy.error), percent(analogy.plainError)];
    return {
      en: `${expected.en}; it is new, and told by ${count(analogy.launches)} past launches, most by ${analogy.like.slice(0, 3).join(', ')}: such forecasts were right to ${own}, those from the first steps alone to ${plain}`,
      zh: `${expected.zh}；新商品，参照 ${count(analogy.launches)} 次过往上市（主要是${analogy.like.slice(0, 3).join('、')}）：此类预测误差 ${own}，仅凭最初几步为 ${plain}`,
    };
  }
  if (!judged)
    return {
      en: `${expected.en}; the history is too short to judge by`,
      zh: `${expected.zh}；历史太短，无法检验`,
    };
  const naive =
    naiveName === 'seasonal-naive'
      ? { en: 'seasonal naive', zh: '季节朴素法' }
      : { en: 'naive', zh: '朴素法' };
  if (judged.relative > USELESS) {
    return {
      en: `${expected.en}; single ${step.en}s cannot be told: errors were as large as the amounts, so plan by the interval`,
      zh: `${expected.zh}；无法逐${step.zh}预测：误差与数量相当，请按区间计划`,
    };
  }
  if (!judged.beatsNaive && method === naiveName) {
    return {
      en: `${expected.en}; this is the ${naive.en} forecast: nothing was shown to do better. Over the last ${judged.rolls} rolls it was right to ${percent(judged.naiveRelative)}`,
      zh: `${expected.zh}；这是${naive.zh}的预测：没有方法被证明更好。最近 ${judged.rolls} 次回测误差 ${percent(judged.naiveRelative)}`,
    };
  }
  const tie: Localized = judged.beatsNaive
    ? { en: '', zh: '' }
    : { en: ', which ties: the difference may be chance', zh: '，难分高下：差异可能出于偶然' };
  return {
    en: `${expected.en}; over the last ${judged.rolls} rolls it was right to ${percent(judged.relative)}, ${naive.en} to ${percent(judged.naiveRelative)}${tie.en}`,
    zh: `${expected.zh}；最近 ${judged.rolls} 次回测误差 ${percent(judged.relative)}，${naive.zh} ${percent(judged.naiveRelative)}${tie.zh}`,
  };
}

export const CAUSES: Readonly<Record<string, Localized>> = {
  trend: { en: 'recent trend', zh: '近期趋势' },
  season: { en: 'season', zh: '季节' },
  calendar: { en: 'date', zh: '日期' },
  level: { en: 'recent level', zh: '近期水平' },
  item: { en: 'which item it is', zh: '商品本身' },
};
export const causeName = (cause: string): Localized =>
  CAUSES[cause] ?? { en: `"${cause}"`, zh: `“${cause}”` };
