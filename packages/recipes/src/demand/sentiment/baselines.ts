/** What the sentiment model must beat to be worth its weight, fitted on the same training texts. */

import { fitLogisticRegression, predictLogistic } from '@gradus/classical';
import { fitTfidf, tfidf, wordNgrams, words } from '@gradus/data';

/** Each baseline's probability of being satisfied, for each test text. */
export function baselineProbabilities(
  train: readonly string[],
  labels: ArrayLike<number>,
  test: readonly string[],
): Record<'majority' | 'tfidfLogistic', Float32Array> {
  const satisfied = Array.from(labels).reduce((sum, label) => sum + label, 0) / train.length;
  const terms = (texts: readonly string[]) => texts.map((text) => wordNgrams(words(text), 2));
  const trainTerms = terms(train);
  const vocabulary = fitTfidf(trainTerms, { minDocuments: train.length < 200 ? 1 : 2 });
  const model = fitLogisticRegression(tfidf(vocabulary, trainTerms), labels, { c: 4 });
  return {
    majority: new Float32Array(test.length).fill(satisfied),
    tfidfLogistic: predictLogistic(model, tfidf(vocabulary, terms(test))),
  };
}
