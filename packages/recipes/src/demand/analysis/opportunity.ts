/**
 * Opportunity after Ulwick ("Turn customer input into innovation", Harvard Business Review, 2002): what matters much
 * and satisfies little is where a better product wins. On scales of 0-10,
 *
 *     opportunity = importance + max(importance − satisfaction, 0)        0 … 20; above 10 is worth a look, 15 is rare
 *
 * Ulwick asks customers for both; reviews give only proxies:
 * - importance = 10 √(frequency × strength), with frequency = the theme's reviews as a share of the most mentioned
 *   theme's, and strength = how far a dissatisfied or satisfied mention (whichever is more) moves the rating, as a
 *   share of half the scale, at most 1;
 * - satisfaction = 10 × the share of the theme's mentions that are satisfied.
 *
 * The interval is a bootstrap over reviews, in which all of this, the regression too, is worked out anew.
 */
import { setImmediate } from 'node:timers/promises';
import type { Random } from '@gradus/base';
import type { Estimate } from '@gradus/tasks';
import type { Confidence } from './confidence.ts';
import type { MentionDesign } from './effect.ts';
import { fitIndicators } from './indicator-regression.ts';
import { isDissatisfied, type Mention } from './mentions.ts';
import type { Outcome } from './outcome.ts';

export interface Opportunity extends Estimate {
  /** 0-10. */
  readonly importance: number;
  /** 0-10. */
  readonly satisfaction: number;
  /** From the number of reviews and the width of the interval. */
  readonly confidence: Confidence;
}

/** For work that takes seconds on large files. */
export interface Attention {
  /** Aborted: the work ends by throwing the signal's reason. */
  readonly signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

const RESAMPLES = 200;
const FEWEST_MENTIONS = 10;

/** The fewest reviews, and the widest interval, of each level of confidence. */
const CONFIDENCE: readonly { word: Confidence; mentions: number; width: number }[] = [
  { word: 'high', mentions: 100, width: 3 },
  { word: 'medium', mentions: 30, width: 6 },
  { word: 'low', mentions: 0, width: Infinity },
];

/**
 * By theme index; null for general themes and where mentions are too few or their effect cannot be estimated.
 *
 * @param general by theme index
 * @param design dissatisfied and satisfied mentions against the rating
 */
export async function opportunitiesOf(
  themes: readonly (readonly Mention[])[],
  general: readonly boolean[],
  design: MentionDesign,
  outcome: Outcome,
  reviews: number,
  random: Random,
  { signal, onProgress }: Attention = {},
): Promise<(Opportunity | null)[]> {
  const eligible = themes.map(
    (mentions, theme) =>
      !general[theme] &&
      mentions.length >= FEWEST_MENTIONS &&
      design.marks.some((mark) => mark.theme === theme),
  );
  const score = (weights: Float64Array) => scoresOf(themes, eligible, design, outcome, weights);
  const scores = score(new Float64Array(reviews).fill(1));
  const draws: (Score | null)[][] = [];
  for (let k = 0; k < RESAMPLES; k++) {
    const weights = new Float64Array(reviews);
    for (let i = 0; i < reviews; i++) weights[random.below(reviews)]!++;
    draws.push(score(weights));
    onProgress?.(k + 1, RESAMPLES);
    await setImmediate(); // lets Ctrl-C through
    signal?.throwIfAborted();
  }
  return scores.map((own, theme) => {
    if (!own) return null;
    const values = draws.flatMap((draw) => (draw[theme] ? [draw[theme].value] : [])).sort((a, b) => a - b);
    const at = (share: number) => values[Math.round(share * (values.length - 1))] ?? own.value;
    const interval = [Math.min(at(0.025), own.value), Math.max(at(0.975), own.value)] as const;
    const width = interval[1] - interval[0];
    const confidence = CONFIDENCE.find(
      (row) => themes[theme]!.length >= row.mentions && width <= row.width,
    )!.word;
    return { ...own, interval, confidence };
  });
}

interface Score {
  readonly value: number;
  readonly importance: number;
  readonly satisfaction: number;
}

function scoresOf(
  themes: readonly (readonly Mention[])[],
  eligible: readonly boolean[],
  design: MentionDesign,
  outcome: Outcome,
  weights: Float64Array,
): (Score | null)[] {
  const moves = new Float64Array(themes.length);
  const rowWeights = Float64Array.from(design.reviewOf, (review) => weights[review]!);
  const coefficients = fitIndicators(design, rowWeights);
  design.marks.forEach(({ theme }, column) => {
    moves[theme] = Math.max(moves[theme]!, Math.abs(coefficients[column]!));
  });
  const tallies = themes.map((mentions, theme) => {
    let [count, said, satisfied] = [0, 0, 0];
    if (!eligible[theme]) return { count, said, satisfied };
    for (const mention of mentions) {
      count += weights[mention.review]!;
      if (mention.satisfaction === undefined) continue;
      said += weights[mention.review]!;
      if (!isDissatisfied(mention)) satisfied += weights[mention.review]!;
    }
    return { count, said, satisfied };
  });
  const most = Math.max(...tallies.map(({ count }) => count));
  return tallies.map(({ count, said, satisfied }, theme) => {
    if (said === 0) return null;
    const strength = Math.min(1, moves[theme]! / ((outcome.high - outcome.low) / 2));
    const importance = 10 * Math.sqrt((count / most) * strength);
    const satisfaction = (10 * satisfied) / said;
    return { value: importance + Math.max(importance - satisfaction, 0), importance, satisfaction };
  });
}
