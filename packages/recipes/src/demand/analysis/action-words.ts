/** The sentences of actions and of strengths. */
import { count, decimals, joined, type Localized, percent, plural } from '@gradus/base';
import type { Estimate } from '@gradus/tasks';
import type { ThemeFindings } from './findings.ts';
import type { Outcome } from './outcome.ts';

const MOST_TERMS = 5;

export function titleOf({ name, trend }: ThemeFindings): Localized {
  if (trend?.direction === 'new')
    return { en: `Look into the new problem “${name}”`, zh: `尽快查清新出现的问题“${name}”` };
  if (trend?.direction === 'growing')
    return { en: `Stop the growth of “${name}”`, zh: `遏制日益增多的“${name}”` };
  return { en: `Fix “${name}”`, zh: `改进“${name}”` };
}

/** The figures behind an action. */
export function whyOf(
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
  return joined([mentions, costOf(theme, expected, outcome)]);
}

function costOf(
  { effects }: ThemeFindings,
  expected: Estimate | null,
  outcome: Pick<Outcome, 'source'> | null,
): Localized {
  const costs = effects.dissatisfied;
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
export function lookOf({ complaints, terms }: ThemeFindings, products: readonly string[]): Localized {
  const rows = complaints.map(({ row }) => row);
  const words = terms.slice(0, MOST_TERMS);
  const sentences: Localized[] = [
    {
      en: `Start with rows ${rows.join(', ')}; frequent words: ${words.join(', ')}.`,
      zh: `先读第 ${rows.join('、')} 行；常用的词：${words.join('、')}。`,
    },
  ];
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
