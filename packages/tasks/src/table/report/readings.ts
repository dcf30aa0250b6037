/** What a model's figures mean in practice, in one sentence each. */
import { count, type Localized, percent, significant } from '@gradus/base';
import { withInterval } from '../../shared/estimate.ts';
import { promiseInWords } from '../../shared/promise.ts';
import { baselineName, capitalized, pInWords } from '../../shared/words.ts';
import type {
  ClassDetail,
  Comparison,
  NumberDetail,
  TableEvaluation,
  TableSlice,
} from '../evaluation/evaluation.ts';
import { metricOf } from '../evaluation/metrics.ts';

/** Fewer answers of a class say too little of how often they are right. */
const FEWEST_SAID = 20;
/** Named in a sentence. */
const MOST_NAMED = 3;

/** The chosen figure with its interval, and how many rows it was measured on. */
export function figureInWords({ metric, figure, n }: TableEvaluation): Localized {
  const { title, format } = metricOf(metric);
  const value = withInterval(figure, format);
  return {
    en: `${capitalized(title).en} ${value}, measured on ${count(n)} rows that nothing was fitted on.`,
    zh: `${title.zh} ${value}，在 ${count(n)} 行未参与任何拟合的数据上测得。`,
  };
}

/** Against the baseline that decides. */
export function standingInWords(evaluation: TableEvaluation): Localized {
  const { metric, figure, baseline, against, standing } = evaluation;
  const { title, format } = metricOf(metric);
  const name = baselineName(baseline.name);
  const figures = {
    en: `${title.en} ${format(figure.value)} against ${format(baseline.value)}`,
    zh: `${title.zh} ${format(figure.value)} 对 ${format(baseline.value)}`,
  };
  const test = testInWords(against[baseline.name]!, figure.value);
  const gain = figure.isGain ? figure.value - baseline.value : baseline.value - figure.value;
  if (standing === 'alike')
    return {
      en: `Not shown to be better than ${name.en}: ${figures.en}. The difference may be chance (${test.en}).`,
      zh: `未能证明优于“${name.zh}”：${figures.zh}。差异可能是偶然（${test.zh}）。`,
    };
  if (standing === 'better')
    return gain > 0
      ? {
          en: `Better than the best baseline, ${name.en}: ${figures.en}. The difference is beyond chance (${test.en}).`,
          zh: `优于最好的基线“${name.zh}”：${figures.zh}。差异无法用偶然解释（${test.zh}）。`,
        }
      : {
          en: `Its answers are closer to the truth than those of the best baseline, ${name.en}, beyond chance (${test.en}), though the chosen figure is no better: ${figures.en}.`,
          zh: `其答案比最好的基线“${name.zh}”更接近真实，无法用偶然解释（${test.zh}），但所选指标并不更好：${figures.zh}。`,
        };
  return {
    en: `Worse than ${name.en}, beyond chance (${test.en}): ${figures.en}. Prefer the baseline.`,
    zh: `不如“${name.zh}”，无法用偶然解释（${test.zh}）：${figures.zh}。建议采用基线。`,
  };
}

/** Against the baselines that are not the best one. */
export function othersInWords({ against, baseline }: TableEvaluation): Localized[] {
  const sentences = {
    better: (name: Localized, p: string) => ({
      en: `Compared with ${name.en}, it is better beyond chance (${p}).`,
      zh: `与“${name.zh}”相比更好，无法用偶然解释（${p}）。`,
    }),
    alike: (name: Localized, p: string) => ({
      en: `Compared with ${name.en}, it is not shown to be better (${p}).`,
      zh: `与“${name.zh}”相比未能证明更好（${p}）。`,
    }),
    worse: (name: Localized, p: string) => ({
      en: `Compared with ${name.en}, it is worse beyond chance (${p}).`,
      zh: `与“${name.zh}”相比更差，无法用偶然解释（${p}）。`,
    }),
  };
  return Object.entries(against)
    .filter(([name]) => name !== baseline.name)
    .map(([name, { standing, pValue }]) => sentences[standing](baselineName(name), pInWords(pValue)));
}

function testInWords({ loss, model, baseline, pValue }: Comparison, figure: number): Localized {
  const p = pInWords(pValue);
  if (Math.abs(model - figure) < 1e-9 * Math.abs(figure)) return { en: p, zh: p };
  const [own, other] = [significant(model), significant(baseline)];
  return { en: `${loss.en} ${own} against ${other}, ${p}`, zh: `${loss.zh} ${own} 对 ${other}，${p}` };
}

/** What a user may expect of the answers. */
export function readingInWords({ detail, n, metrics, baselines }: TableEvaluation): Localized {
  return detail.kind === 'numbers'
    ? readingOfNumbers(detail, metrics, baselines)
    : detail.classes.length === 2
      ? readingOfTwo(detail)
      : readingOfMany(detail, n, metrics, baselines);
}

function readingOfTwo({ classes, perClass, top }: ClassDetail): Localized {
  const label = classes[1]!;
  const { base, said, precision, recall } = perClass[1]!;
  const all = {
    en: `Among all rows ${perHundred(base)} of 100 are.`,
    zh: `全部数据中每 100 行约 ${perHundred(base)} 行如此。`,
  };
  if (precision && recall && said >= FEWEST_SAID) {
    const [low, high] = precision.interval.map(perHundred);
    return {
      en: `Of 100 rows that it calls “${label}”, about ${perHundred(precision.value)} are (${low} – ${high}). It finds about ${perHundred(recall.value)} of every 100 that are “${label}”. ${all.en}`,
      zh: `它判为“${label}”的每 100 行中，约 ${perHundred(precision.value)} 行确实如此（${low} – ${high}）；实际为“${label}”的每 100 行中，它能找出约 ${perHundred(recall.value)} 行。${all.zh}`,
    };
  }
  const [low, high] = top!.precision.interval.map(perHundred);
  return {
    en: `It calls hardly any row “${label}”, so use its probabilities as an order: of the tenth of the rows that it holds likeliest, about ${perHundred(top!.precision.value)} of 100 are “${label}” (${low} – ${high}). ${all.en}`,
    zh: `它几乎不会直接判为“${label}”，请把概率当作排序使用：在它认为最可能的十分之一中，每 100 行约 ${perHundred(top!.precision.value)} 行为“${label}”（${low} – ${high}）。${all.zh}`,
  };
}

function readingOfMany(
  { classes, perClass }: ClassDetail,
  n: number,
  { accuracy = 0 }: TableEvaluation['metrics'],
  baselines: TableEvaluation['baselines'],
): Localized {
  const guess = baselines.majority?.accuracy;
  const told = perClass
    .map(({ recall, base }, k) => ({ label: classes[k]!, recall, rows: Math.round(base * n) }))
    .filter(({ recall }) => recall !== null);
  const hardest = told.reduce((least, each) => (each.recall!.value < least.recall!.value ? each : least));
  const than = {
    en: guess === undefined ? '' : `; always naming the most frequent one would for ${perHundred(guess)}`,
    zh: guess === undefined ? '' : `；始终猜最常见的类别只能答对 ${perHundred(guess)} 行`,
  };
  return {
    en: `It names the right class for about ${perHundred(accuracy)} of 100 rows${than.en}. Hardest is “${hardest.label}”: of 100 such rows it recognizes about ${perHundred(hardest.recall!.value)} (${count(hardest.rows)} tested).`,
    zh: `每 100 行约 ${perHundred(accuracy)} 行的类别判断正确${than.zh}。最难的是“${hardest.label}”：每 100 行只能认出约 ${perHundred(hardest.recall!.value)} 行（检验了 ${count(hardest.rows)} 行）。`,
  };
}

function readingOfNumbers(
  { spread }: NumberDetail,
  { medianAbsoluteError = 0 }: TableEvaluation['metrics'],
  baselines: TableEvaluation['baselines'],
): Localized {
  const half = significant(medianAbsoluteError);
  const guess = baselines.mean?.medianAbsoluteError;
  const than = {
    en: guess === undefined ? '' : `; always answering the mean, half would be off by ${significant(guess)}`,
    zh: guess === undefined ? '' : `；若始终回答平均值，一半的误差会达到 ${significant(guess)}`,
  };
  const [low, high] = spread.map(significant);
  return {
    en: `Half of its answers are off by less than ${half}${than.en}. Nine of ten true values lie between ${low} and ${high}.`,
    zh: `一半的答案误差小于 ${half}${than.zh}。九成真实值在 ${low} 到 ${high} 之间。`,
  };
}

/** What came of a promised error rate, or of the ranges that promise to hold the true value. */
export function promisesInWords({ detail }: TableEvaluation): Localized[] {
  if (detail.kind === 'classes') return detail.abstention ? [promiseInWords(detail.abstention)] : [];
  if (!detail.intervals) return [];
  const { promised, coverage, meanWidth } = detail.intervals;
  const [held, width] = [withInterval(coverage, percent), significant(meanWidth)];
  const share = `${Math.round(100 * promised)}%`;
  return [
    {
      en: `Each answer has a range that promises to hold the true value in ${share} of rows. On the tested rows it did in ${held}; it is ${width} wide on average.`,
      zh: `每个答案附有一个范围，承诺在 ${share} 的数据中包含真实值。在检验数据上实际为 ${held}；平均宽度 ${width}。`,
    },
  ];
}

/** For whom it is worse; nothing where there were no parts to look at. */
export function slicesInWords({ slices, sliceMetric, metrics }: TableEvaluation): Localized[] {
  if (slices.length === 0) return [];
  const { title, format } = metricOf(sliceMetric);
  const whole = metrics[sliceMetric]!;
  const worse = slices
    .filter(({ isWorse }) => isWorse)
    .toSorted((a, b) => Math.abs(b.value - whole) - Math.abs(a.value - whole));
  if (worse.length === 0)
    return [
      {
        en: `On none of ${count(slices.length)} slices of the rows (${slices[0]!.name.en}, …) is it worse than on all of them, beyond chance and what is harder by nature.`,
        zh: `在 ${count(slices.length)} 个切片（${slices[0]!.name.zh} 等）上均未发现显著变差。`,
      },
    ];
  const listed = (language: keyof Localized) =>
    worse
      .slice(0, MOST_NAMED)
      .map(({ name, value }) =>
        language === 'en' ? `${name.en} (${format(value)})` : `${name.zh}（${format(value)}）`,
      )
      .join({ en: ', ', zh: '、' }[language]);
  const more = worse.length - MOST_NAMED;
  return [
    {
      en: `Worse than on all rows (${title.en} ${format(whole)}), beyond chance: ${listed('en')}${more > 0 ? `, and ${more} more of ${slices.length} slices` : ''}.`,
      zh: `显著差于整体（${title.zh} ${format(whole)}）：${listed('zh')}${more > 0 ? `等 ${worse.length} 个切片（共 ${slices.length} 个）` : ''}。`,
    },
  ];
}

/** By p-value. */
export const worstFirst = (slices: readonly TableSlice[]): TableSlice[] =>
  slices.toSorted((a, b) => a.pValue - b.pValue);

export function groupsInWords({ groups, hasFewGroups }: TableEvaluation): Localized[] {
  if (!hasFewGroups) return [];
  if (groups === 1) return [ONE_GROUP];
  return [
    {
      en: `Only ${groups} groups were tested. Rows of one group are alike, so the intervals are wide, and rough at that.`,
      zh: `只检验了 ${groups} 个分组。同组的行彼此相似，因此区间很宽，而且只是粗略估计。`,
    },
  ];
}

const ONE_GROUP: Localized = {
  en: 'Only one group was tested. How it does on others is not known: intervals count the rows of this one, and no difference from a baseline is claimed.',
  zh: '只检验了一个分组，在其他分组上的效果未知：区间只反映该组内的行，也不对与基线的差异下结论。',
};

/** Of 100; less than one with one digit. */
export function perHundred(share: number): string {
  const hundredth = 100 * share;
  return hundredth >= 0.95 || hundredth === 0
    ? String(Math.round(hundredth))
    : String(Number(hundredth.toPrecision(1)));
}
