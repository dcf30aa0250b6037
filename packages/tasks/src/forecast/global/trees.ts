/**
 * One model of all items: boosted trees that tell a step from what was known before it (`Features`). Fitted on what was known before
 * the rolls, several times as they go on, to be judged by them as every candidate is, and on everything, to forecast.
 *
 * They learn the logarithm of one plus the amount over the item's size (of amounts below zero the ratio itself): a price or a promotion
 * then acts by a factor, and a rare peak does not rule the rest.
 */
import type { Random } from '@gradus/base';
import { type BoostedTrees, boostedTrees, predictTrees } from '@gradus/classical';
import type { Features, GlobalItem } from './features.ts';
import type { Question } from './refits.ts';

/** Rows to learn from: more are drawn evenly. */
const MOST_ROWS = 160_000;
export const FEWEST_ROWS = 400;
/** Steps ahead that one origin teaches. */
const STEPS_AN_ORIGIN = 6;
const SETTINGS = {
  rounds: 160,
  learningRate: 0.07,
  leaves: 31,
  minRows: 25,
  columnShare: 0.7,
  rowShare: 0.8,
  l2: 1,
} as const;
const LARGEST_RATIO = 20;

export interface GlobalModel {
  readonly trees: BoostedTrees;
  readonly isLog: boolean;
}

interface Lesson {
  readonly item: number;
  readonly origin: number;
}

/** @param until by item: how many values may be learnt from */
export async function fitGlobal(
  features: Features,
  items: readonly GlobalItem[],
  until: readonly number[],
  horizon: number,
  { random, signal }: { readonly random: Random; readonly signal?: AbortSignal | undefined },
): Promise<GlobalModel | undefined> {
  const lessons = lessonsOf(items, until);
  const each = Math.min(horizon, STEPS_AN_ORIGIN);
  const stride = Math.max(1, (lessons.length * each) / MOST_ROWS);
  const most = Math.ceil(lessons.length / stride) * each;
  const rows = new Float32Array(most * features.width);
  const targets = new Float64Array(most);
  const isLog = items.every(({ values }) => values.every((value) => value >= 0));
  let count = 0;
  for (let l = 0; l < lessons.length; l += stride) {
    const { item: place, origin } = lessons[Math.floor(l)]!;
    const item = items[place]!;
    for (let s = 0; s < each; s++) {
      // One step of each part of the horizon.
      const ahead = 1 + Math.floor(((s + random.uniform()) * horizon) / each);
      const actual = item.known[origin + ahead - 1]!;
      if (origin + ahead > until[place]! || Number.isNaN(actual)) continue;
      const scale = features.write(item, origin, ahead, rows, count * features.width);
      targets[count++] = toTarget(actual / scale, isLog);
    }
  }
  if (count < FEWEST_ROWS) return undefined;
  const trees = await boostedTrees(
    features.columns(rows, count),
    { values: targets.subarray(0, count) },
    { loss: 'squared', ...SETTINGS, seed: random.uint32(), ...(signal && { signal }) },
  );
  return { trees, isLog };
}

function lessonsOf(items: readonly GlobalItem[], until: readonly number[]): Lesson[] {
  const lessons: Lesson[] = [];
  for (const [i, { season }] of items.entries()) {
    const from = Math.min(2 * season, Math.max(season, 6));
    for (let origin = from; origin < until[i]!; origin++) lessons.push({ item: i, origin });
  }
  return lessons;
}

const toTarget = (ratio: number, isLog: boolean): number =>
  isLog
    ? Math.log1p(Math.min(ratio, LARGEST_RATIO))
    : Math.max(-LARGEST_RATIO, Math.min(LARGEST_RATIO, ratio));

export const fromTarget = (score: number, isLog: boolean): number =>
  isLog ? Math.max(0, Math.expm1(score)) : score;

/** Rows that are asked at once. */
const AT_ONCE = 50_000;

/** Forecasts from origins. @returns by question */
export function globalForecasts(
  { trees, isLog }: GlobalModel,
  features: Features,
  items: readonly GlobalItem[],
  questions: readonly Question[],
): Float64Array[] {
  const forecasts: Float64Array[] = [];
  for (let from = 0; from < questions.length; ) {
    let to = from;
    let count = 0;
    while (to < questions.length && (to === from || count + questions[to]!.steps <= AT_ONCE))
      count += questions[to++]!.steps;
    const rows = new Float32Array(count * features.width);
    const scales = new Float64Array(count);
    let row = 0;
    for (const { item, origin, steps } of questions.slice(from, to)) {
      for (let k = 1; k <= steps; k++, row++)
        scales[row] = features.write(items[item]!, origin, k, rows, row * features.width);
    }
    const scores = predictTrees(trees, features.columns(rows, count));
    const answers = scores.map((score, i) => fromTarget(score, isLog) * scales[i]!);
    let start = 0;
    for (const { steps } of questions.slice(from, to)) {
      forecasts.push(answers.subarray(start, start + steps));
      start += steps;
    }
    from = to;
  }
  return forecasts;
}
