/** What a text classifier must beat to be worth its weight, fitted on the same training texts. */
import { termFeatures } from '@gradus/data';
import { fitLinear, linearProbabilities } from './linear.ts';

const TERMS = termFeatures({ tokens: 'words', longestRun: 2 });
const C = 4;

/** Each baseline's probabilities for the test texts: of class 1 [n], or of each of more classes [n, classes]. */
export function baselineProbabilities(
  train: readonly string[],
  labels: ArrayLike<number>,
  test: readonly string[],
  classes: number,
): Record<'majority' | 'tfidfLogistic', Float32Array> {
  const minDocuments = train.length < 200 ? 1 : 2;
  const { model: vocabulary, matrix } = TERMS.fitTransform(train, { minDocuments });
  const model = fitLinear(matrix, labels, { classes, c: C });
  const counts = new Float64Array(classes);
  for (const label of Array.from(labels)) counts[label]! += 1;
  const shares = classes === 2 ? counts.slice(1) : counts;
  return {
    majority: Float32Array.from(
      { length: test.length * shares.length },
      (_, i) => shares[i % shares.length]! / train.length,
    ),
    tfidfLogistic: linearProbabilities(model, TERMS.transform(vocabulary, test)),
  };
}
