/**
 * What the words of a clause say of satisfaction, learnt from the labels of whole reviews: multiple-instance learning. A review's
 * log odds are the mean of its clauses' evidence (Kotzias et al., "From group to individual labels using deep features", 2015,
 * and Angelidis and Lapata, "Multiple instance learning networks for fine-grained sentiment analysis", 2018, with a linear model in
 * place of a network): so each clause is read as if it were the whole review, and short texts do not fall back on how common
 * satisfied reviews are, as they do with a model that has only seen whole reviews.
 *
 * A review's label is used beside the evidence later, so the evidence of its own clauses must not have met it: it comes from a model
 * that was learnt without the review's fold.
 */
import type { Random } from '@gradus/base';
import { fitLogisticRegression, logisticScores } from '@gradus/classical';
import { stratifiedFolds } from '@gradus/data';
import { rocAuc, type SparseMatrix } from '@gradus/stats';
import { type Learning, type TextFeatures, termMatrix } from '@gradus/tasks';
import { clausesOf } from '../clauses.ts';

/** Plain data. Evidence is for satisfaction above zero: the log odds of a review that says nothing else. */
export interface ClauseEvidence {
  /** By term of the features; learnt from all reviews. */
  readonly whole: Float32Array;
  /** Likewise, each learnt without one fold of the reviews. */
  readonly folds: readonly Float32Array[];
  /** By text learnt from: its fold. */
  readonly foldOf: Uint8Array;
}

const FOLDS = 4;
/** Inverse of the penalty's strength. */
const C = 4;
/** Close enough: evidence is weighed against other evidence, and never told by itself. */
const TOLERANCE = 1e-3;
/** Standard errors that the area under the curve must stand above one half by. */
const SURE = 2;

/** @returns null where the evidence is not shown to tell reviews apart that it was not learnt from */
export function learnEvidence(
  features: TextFeatures,
  { texts, labels, groups }: Pick<Learning, 'texts' | 'labels' | 'groups'>,
  random: Random,
  signal?: AbortSignal,
): ClauseEvidence | null {
  const clauses = texts.map((text) => clausesOf(text));
  const matrix = termMatrix(features, clauses.flat());
  const bags: number[][] = [];
  let from = 0;
  for (const { length } of clauses) {
    bags.push(Array.from({ length }, (_, k) => from + k));
    from += length;
  }
  const foldOf = stratifiedFolds(labels, { count: FOLDS, groups }, random.fork('clause folds'));
  const learn = (isLearnt: (review: number) => boolean): Float32Array | null => {
    const reviews = [...bags.keys()].filter((review) => bags[review]!.length > 0 && isLearnt(review));
    const classes = reviews.map((review) => labels[review]!);
    if (new Set(classes).size < 2) return null;
    return fitLogisticRegression(
      meanRows(
        matrix,
        reviews.map((review) => bags[review]!),
      ),
      classes,
      { c: C, classWeights: 'balanced', tolerance: TOLERANCE, ...(signal && { signal }) },
    ).weights;
  };
  const folds = Array.from({ length: FOLDS }, (_, fold) => learn((review) => foldOf[review] !== fold));
  const whole = learn(() => true);
  if (!whole || !folds.every((weights) => weights !== null)) return null;

  const byFold = folds.map((weights) => evidenceOf(weights, matrix));
  const said = [...bags.keys()].filter((review) => bags[review]!.length > 0);
  const means = said.map((review) => {
    const bag = bags[review]!;
    return bag.reduce((sum, clause) => sum + byFold[foldOf[review]!]![clause]!, 0) / bag.length;
  });
  const classes = said.map((review) => labels[review]!);
  if (!isTelling(means, classes)) return null;
  const scale = slopeOf(means, classes);
  const scaled = (weights: Float32Array) => weights.map((weight) => weight * scale);
  return { whole: scaled(whole), folds: folds.map(scaled), foldOf };
}

/**
 * What the evidence of reviews that it was not learnt from must be multiplied by to be their log odds (Platt, 1999): the less there was to
 * learn from, the less it says.
 */
function slopeOf(means: readonly number[], classes: readonly number[]): number {
  const column: SparseMatrix = {
    rows: means.length,
    columns: 1,
    offsets: Int32Array.from({ length: means.length + 1 }, (_, i) => i),
    indices: new Int32Array(means.length),
    values: Float32Array.from(means),
  };
  return fitLogisticRegression(column, classes, { classWeights: 'balanced' }).weights[0]!;
}

/** By row of a matrix of terms. */
export const evidenceOf = (weights: Float32Array, matrix: SparseMatrix): Float32Array =>
  logisticScores({ weights, bias: 0 }, matrix);

/** The mean of each bag's rows. */
function meanRows(
  { columns, offsets, indices, values }: SparseMatrix,
  bags: readonly (readonly number[])[],
): SparseMatrix {
  const starts = new Int32Array(bags.length + 1);
  const terms: number[] = [];
  const means: number[] = [];
  for (const [i, bag] of bags.entries()) {
    const sums = new Map<number, number>();
    for (const row of bag) {
      for (let k = offsets[row]!; k < offsets[row + 1]!; k++)
        sums.set(indices[k]!, (sums.get(indices[k]!) ?? 0) + values[k]! / bag.length);
    }
    for (const [term, mean] of [...sums].sort(([a], [b]) => a - b)) {
      terms.push(term);
      means.push(mean);
    }
    starts[i + 1] = terms.length;
  }
  return {
    rows: bags.length,
    columns,
    offsets: starts,
    indices: Int32Array.from(terms),
    values: Float32Array.from(means),
  };
}

/** Whether reviews that the evidence was not learnt from are told apart beyond chance (Hanley and McNeil, 1982). */
function isTelling(means: readonly number[], classes: readonly number[]): boolean {
  const satisfied = classes.filter((label) => label === 1).length;
  const dissatisfied = classes.length - satisfied;
  const auc = rocAuc([...classes], [...means]);
  const [twoSatisfied, twoDissatisfied] = [auc / (2 - auc), (2 * auc * auc) / (1 + auc)];
  const variance =
    (auc * (1 - auc) +
      (satisfied - 1) * (twoSatisfied - auc * auc) +
      (dissatisfied - 1) * (twoDissatisfied - auc * auc)) /
    (satisfied * dissatisfied);
  return auc - SURE * Math.sqrt(variance) > 0.5;
}
