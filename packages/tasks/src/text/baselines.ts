/** What a text classifier must beat to be worth its weight, fitted on the same training texts. */
import { mcnemar } from '@gradus/stats';
import { hits } from '../shared/probabilities.ts';
import { standingOf } from '../shared/standing.ts';
import { fitWordFeatures, termMatrix } from './features.ts';
import { fitLinear, linearProbabilities } from './linear.ts';
import type { TextModel } from './model.ts';
import { predictTexts } from './predict.ts';

const C = 4;

export interface LabelledTexts {
  readonly texts: readonly string[];
  /** Class indices. */
  readonly labels: ArrayLike<number>;
}

/** Each baseline's probabilities for the test texts: of class 1 [n], or of each of more classes [n, classes]. */
export function baselineProbabilities(
  train: readonly string[],
  labels: ArrayLike<number>,
  test: readonly string[],
  classes: number,
): Record<'majority' | 'tfidfLogistic', Float32Array> {
  const { features, matrix } = fitWordFeatures(train);
  const model = fitLinear(matrix, labels, { classes, c: C });
  const counts = new Float64Array(classes);
  for (const label of Array.from(labels)) counts[label]! += 1;
  const shares = classes === 2 ? counts.slice(1) : counts;
  return {
    majority: Float32Array.from(
      { length: test.length * shares.length },
      (_, i) => shares[i % shares.length]! / train.length,
    ),
    tfidfLogistic: linearProbabilities(model, termMatrix(features, test)),
  };
}

/** The baseline of words as a model of its own. */
function wordModel(classes: readonly string[], { texts, labels }: LabelledTexts): TextModel {
  const { features, matrix } = fitWordFeatures(texts);
  const linear = fitLinear(matrix, labels, { classes: classes.length, c: C });
  return { classes, features, linear, networks: [], networkShare: 0, temperature: 1, shift: 0 };
}

/**
 * The model, or the baseline of words where that is more accurate on the held-out texts beyond chance: what is deployed is no
 * worse than what it is shown beside.
 *
 * @param baseline The probabilities that the baseline of words gives the held-out texts
 * @param own Those of the model, where it is deployed with something beside it; default: of the model alone
 */
export async function orBaseline(
  model: TextModel,
  {
    train,
    test,
    baseline,
    own: given,
    signal,
  }: {
    readonly train: LabelledTexts;
    readonly test: LabelledTexts;
    readonly baseline: ArrayLike<number>;
    readonly own?: ArrayLike<number> | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<{ readonly model: TextModel; readonly isBaseline: boolean }> {
  const classes = model.classes.length;
  const said = given ?? (await predictTexts(model, test.texts, signal));
  const [own, others] = [said, baseline].map((probabilities) =>
    hits(Array.from(test.labels), Array.from(probabilities), classes),
  ) as [Uint8Array, Uint8Array];
  const gain = own.reduce((sum, hit, i) => sum + hit - others[i]!, 0);
  const { pValue } = mcnemar(own, others);
  return standingOf(gain, pValue) === 'worse'
    ? { model: wordModel(model.classes, train), isBaseline: true }
    : { model, isBaseline: false };
}
