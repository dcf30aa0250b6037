/**
 * What people keep, learnt from what they kept and dropped: logistic regression on the small patterns of an item and on its properties. It
 * is used only where it tells marks that it has not seen apart better than chance.
 */
import type { Random } from '@gradus/base';
import { fitLogisticRegression, type LogisticModel, predictLogistic } from '@gradus/classical';
import { rocAuc, type SparseMatrix } from '@gradus/stats';

/** An item as it is ranked. */
export interface Looks {
  readonly patterns: readonly string[];
  readonly numbers: Readonly<Record<string, number>>;
}

/** Plain data. */
export interface Ranker {
  readonly patterns: readonly string[];
  /** By name, the mean and deviation over the marked items. */
  readonly numbers: Readonly<Record<string, readonly [mean: number, deviation: number]>>;
  readonly weights: readonly number[];
  readonly bias: number;
  /** Area under the curve of kept before dropped, out of fold: 0.5 is chance. */
  readonly auc: number;
  readonly marks: number;
}

const MOST_PATTERNS = 400;
/** Marks of each kind that something can be learnt from. */
const FEWEST_MARKS = 5;
const FOLDS = 5;
/** What is told apart no better than this is told by chance. */
const CHANCE = 0.55;
const PENALTY = 0.3;

/** @returns undefined where there are too few marks */
export function fitRanker(
  looks: readonly Looks[],
  kept: readonly boolean[],
  random: Random,
): Ranker | undefined {
  const keeps = kept.filter(Boolean).length;
  if (Math.min(keeps, kept.length - keeps) < FEWEST_MARKS) return undefined;
  const frame = frameOf(looks);
  const x = matrixOf(looks, frame);
  const labels = kept.map(Number);
  const folds = random.permutation(looks.length).map((place) => place % FOLDS);
  const scores = new Array<number>(looks.length).fill(0.5);
  for (let fold = 0; fold < FOLDS; fold++) {
    const learnt = [...looks.keys()].filter((i) => folds[i] !== fold);
    const asked = [...looks.keys()].filter((i) => folds[i] === fold);
    if (new Set(learnt.map((i) => labels[i])).size < 2 || asked.length === 0) continue;
    const model = fitted(
      matrixOf(
        learnt.map((i) => looks[i]!),
        frame,
      ),
      learnt.map((i) => labels[i]!),
    );
    const answers = predictLogistic(
      model,
      matrixOf(
        asked.map((i) => looks[i]!),
        frame,
      ),
    );
    for (const [k, i] of asked.entries()) scores[i] = answers[k]!;
  }
  const { weights, bias } = fitted(x, labels);
  return { ...frame, weights: Array.from(weights), bias, auc: rocAuc(labels, scores), marks: looks.length };
}

const fitted = (x: SparseMatrix, labels: readonly number[]): LogisticModel =>
  fitLogisticRegression(x, labels, { c: PENALTY, classWeights: 'balanced' });

/** How likely each is kept. */
export function keptProbabilities({ weights, bias, ...frame }: Ranker, looks: readonly Looks[]): number[] {
  return Array.from(predictLogistic({ weights: Float32Array.from(weights), bias }, matrixOf(looks, frame)));
}

export const isTelling = ({ auc }: Ranker): boolean => auc > CHANCE;

type Frame = Pick<Ranker, 'patterns' | 'numbers'>;

function frameOf(looks: readonly Looks[]): Frame {
  const counts = new Map<string, number>();
  for (const { patterns } of looks)
    for (const pattern of new Set(patterns)) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  const patterns = [...counts]
    .filter(([, count]) => count > 1 && count < looks.length)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_PATTERNS)
    .map(([pattern]) => pattern);
  const names = [...new Set(looks.flatMap(({ numbers }) => Object.keys(numbers)))].sort();
  const numbers = names.map((name): [string, [number, number]] => {
    const values = looks.map((each) => each.numbers[name] ?? 0);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return [name, [mean, deviation]];
  });
  return { patterns, numbers: Object.fromEntries(numbers.filter(([, [, deviation]]) => deviation > 0)) };
}

function matrixOf(looks: readonly Looks[], { patterns, numbers }: Frame): SparseMatrix {
  const place = new Map(patterns.map((pattern, i) => [pattern, i]));
  const indices: number[] = [];
  const values: number[] = [];
  const offsets = [0];
  for (const each of looks) {
    const own = [...new Set(each.patterns.flatMap((pattern) => place.get(pattern) ?? []))].sort(
      (a, b) => a - b,
    );
    for (const index of own) {
      indices.push(index);
      values.push(1 / Math.sqrt(own.length));
    }
    for (const [i, [name, [mean, deviation]]] of Object.entries(numbers).entries()) {
      indices.push(patterns.length + i);
      values.push(((each.numbers[name] ?? mean) - mean) / deviation);
    }
    offsets.push(indices.length);
  }
  return {
    rows: looks.length,
    columns: patterns.length + Object.keys(numbers).length,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
}
