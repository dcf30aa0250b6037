/** The sentences of actions and of strengths. */
import { count, decimals, joined, type Localized, percent, plural } from '@gradus/base';
import type { Estimate } from '@gradus/tasks';
import type { Evidence } from './evidence.ts';
import type { ThemeFindings } from './findings.ts';
import type { Outcome } from './outcome.ts';
import type { Point } from './points.ts';

const MOST_TERMS = 5;

export const pointTitle = ({ fix, sentence, consequence }: Point): Localized => ({
  en: `${fix.en}: ${lower(sentence.en)}${consequence?.says.en ?? ''}`,
  zh: `${fix.zh}：${sentence.zh}${consequence?.says.zh ?? ''}`,
});

/** The one figure to know of a point. */
export const figureOf = ({ count: reviews, share }: Point): Localized => ({
  en: `${percent(share.value)} of reviews (${count(reviews)})`,
  zh: `${percent(share.value)} 的评价（${count(reviews)} 条）`,
});

/** The figures behind an action on a point. */
export function pointWhy(
  { count: reviews, share, dissatisfied, effect }: Point,
  expected: Estimate | null,
  outcome: Pick<Outcome, 'source'> | null,
  satisfied: Estimate | null,
): Localized {
  const told: Localized = {
    en: `${plural(reviews, 'review')} (${percent(share.value)}) ${reviews === 1 ? 'says' : 'say'} so`,
    zh: `${count(reviews)} 条评价（${percent(share.value)}）这样说`,
  };
  const contrast: Localized =
    dissatisfied && satisfied
      ? {
          en: `; ${percent(dissatisfied.value)} of them are dissatisfied, of all reviews ${percent(1 - satisfied.value)}.`,
          zh: `，其中 ${percent(dissatisfied.value)} 不满意（全部评价为 ${percent(1 - satisfied.value)}）。`,
        }
      : { en: '.', zh: '。' };
  return joined([
    { en: told.en + contrast.en, zh: told.zh + contrast.zh },
    costOf(effect, expected, outcome),
  ]);
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export function themeTitle({ name, trend }: ThemeFindings): Localized {
  if (trend?.direction === 'new')
    return { en: `Look into the new problem “${name}”`, zh: `尽快查清新出现的问题“${name}”` };
  if (trend?.direction === 'growing')
    return { en: `Stop the growth of “${name}”`, zh: `遏制日益增多的“${name}”` };
  return { en: `Fix “${name}”`, zh: `改进“${name}”` };
}

export const themeFigure = ({ count: reviews, share }: ThemeFindings): Localized => ({
  en: `${percent(share.value)} of reviews (${count(reviews)})`,
  zh: `${percent(share.value)} 的评价（${count(reviews)} 条）`,
});

/** The figures behind an action on a theme. */
export function themeWhy(
  theme: ThemeFindings,
  expected: Estimate | null,
  outcome: Pick<Outcome, 'source'> | null,
): Localized {
  const dissatisfied = percent(theme.dissatisfied!.value);
  const share = percent(theme.share.value);
  const mentions: Localized = {
    en: `${plural(theme.count, 'review')} (${share}) mention it; ${dissatisfied} of them are dissatisfied with it.`,
    zh: `${count(theme.count)} 条评价（${share}）提到它，其中 ${dissatisfied} 对它不满意。`,
  };
  return joined([mentions, costOf(theme.effects.dissatisfied, expected, outcome)]);
}

function costOf(
  costs: Estimate | null,
  expected: Estimate | null,
  outcome: Pick<Outcome, 'source'> | null,
): Localized {
  if (!expected || !costs)
    return {
      en: 'Its cost cannot be estimated from this file.',
      zh: '仅凭这份文件无法估计它造成的损失。',
    };
  if (outcome?.source === 'label') {
    const [cost, gain, range] = [points(-costs.value), points(expected.value), rangeOf(expected, points)];
    return {
      en: `Among reviews that complain about it, the share of satisfied ones is ${cost} percentage points lower. If it is the cause, fixing it would raise the share of satisfied reviews by up to ${gain} percentage points (${range}).`,
      zh: `抱怨它的评价中，满意的比例低 ${cost} 个百分点。若确由它引起，解决后全部评价的满意比例最多可提高 ${gain} 个百分点（${range}）。`,
    };
  }
  const [cost, gain, range] = [decimals(-costs.value), decimals(expected.value), rangeOf(expected, decimals)];
  return {
    en: `Reviews that complain about it rate ${cost} points lower. If it is the cause, fixing it would raise the mean rating by up to ${gain} points (${range}).`,
    zh: `抱怨它的评价，评分低 ${cost} 分。若确由它引起，解决后平均评分最多可提高 ${gain} 分（${range}）。`,
  };
}

/** Where to start reading. */
export function lookOf(
  complaints: readonly Evidence[],
  words: readonly string[],
  products: readonly string[],
): Localized {
  const rows = complaints.map(({ row }) => row);
  const told = words.slice(0, MOST_TERMS);
  const sentences: Localized[] = [
    { en: `Start with rows ${rows.join(', ')}.`, zh: `先读第 ${rows.join('、')} 行。` },
  ];
  if (told.length > 0)
    sentences.push({
      en: `In their words: ${told.map((each) => `“${each}”`).join(', ')}.`,
      zh: `原话：${told.map((each) => `“${each}”`).join('、')}。`,
    });
  if (products.length > 0)
    sentences.push({
      en: `Most affected: ${products.join(', ')}.`,
      zh: `受影响最明显的产品：${products.join('、')}。`,
    });
  return joined(sentences);
}

export function strengthOf({ count: reviews, dissatisfied }: ThemeFindings): Localized {
  const satisfied = percent(1 - dissatisfied!.value);
  return {
    en: `${satisfied} of the ${plural(reviews, 'review')} that mention it are satisfied with it.`,
    zh: `提到它的 ${count(reviews)} 条评价中有 ${satisfied} 对它满意。`,
  };
}

/** Percentage points, without a unit: "9.9". */
const points = (share: number): string => decimals(100 * share, 1);

const rangeOf = ({ interval: [low, high] }: Estimate, format: (value: number) => string): string =>
  `${format(low)} – ${format(high)}`;
