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
  /** What labels of single clauses added; null where there were none. */
  readonly gain: LabelGain | null;
}

/** A clause that was labelled by itself. */
export interface LabelledClause {
  /** Index into the texts learnt from: the one it is of. */
  readonly of: number;
  readonly text: string;
  /** 1 praise, 0 complaint. */
  readonly label: 0 | 1;
}

/** How well the file's own labels are told of reviews that were not learnt from (mean log loss), without labels of clauses and with them. */
export interface LabelGain {
  readonly labels: number;
  readonly without: number;
  readonly with: number;
  /** Of the difference. */
  readonly standardError: number;
  /** Whether the gain is more than its standard error, so that the evidence has learnt from them. */
  readonly isUsed: boolean;
}

const FOLDS = 4;
/** Inverse of the penalty's strength. */
const C = 4;
/** Close enough: evidence is weighed against other evidence, and never told by itself. */
const TOLERANCE = 1e-3;
/** Standard errors that the area under the curve must stand above one half by. */
const SURE = 2;

export interface LearnEvidenceOptions {
  readonly random: Random;
  /** Each is learnt from like a review of this one clause, but never where its own review is judged. Default none. */
  readonly labelled?: readonly LabelledClause[];
  readonly signal?: AbortSignal;
}

/** @returns null where the evidence is not shown to tell reviews apart that it was not learnt from */
export function learnEvidence(
  features: TextFeatures,
  { texts, labels, groups }: Pick<Learning, 'texts' | 'labels' | 'groups'>,
  { random, labelled = [], signal }: LearnEvidenceOptions,
): ClauseEvidence | null {
  const clauses = texts.map((text) => clausesOf(text));
  const matrix = termMatrix(features, [...clauses.flat(), ...labelled.map(({ text }) => text)]);
  const bags: Bag[] = [];
  let from = 0;
  for (const [of, { length }] of clauses.entries()) {
    if (length > 0) bags.push({ of, rows: Array.from({ length }, (_, k) => from + k), label: labels[of]! });
    from += length;
  }
  const single = labelled.map(({ of, label }, i): Bag => ({ of, rows: [from + i], label }));
  const foldOf = stratifiedFolds(labels, { count: FOLDS, groups }, random.fork('clause folds'));
  const learnt = (extra: readonly Bag[]) => crossFitted(matrix, bags, extra, foldOf, signal);
  const alone = learnt([]);
  if (single.length === 0) return alone && { ...scaledBy(alone, foldOf), gain: null };
  const both = learnt(single);
  if (!alone || !both) return alone && { ...scaledBy(alone, foldOf), gain: null };
  const gain = gainOf(alone, both, single.length);
  return { ...scaledBy(gain.isUsed ? both : alone, foldOf), gain };
}

/** Clauses that have one label together. */
interface Bag {
  /** Index into the texts learnt from. */
  readonly of: number;
  /** Of the matrix. */
  readonly rows: readonly number[];
  readonly label: number;
}

interface CrossFitted {
  readonly whole: Float32Array;
  readonly folds: readonly Float32Array[];
  /** By review with clauses: the mean evidence of its clauses, by the model that has not met it; and its label. */
  readonly means: readonly number[];
  readonly classes: readonly number[];
}

/** @param extra learnt from, and not judged @returns null where reviews are not told apart */
function crossFitted(
  matrix: SparseMatrix,
  bags: readonly Bag[],
  extra: readonly Bag[],
  foldOf: Uint8Array,
  signal: AbortSignal | undefined,
): CrossFitted | null {
  const learn = (isLearnt: (of: number) => boolean): Float32Array | null => {
    const own = [...bags, ...extra].filter(({ of }) => isLearnt(of));
    const classes = own.map(({ label }) => label);
    if (new Set(classes).size < 2) return null;
    return fitLogisticRegression(
      meanRows(
        matrix,
        own.map(({ rows }) => rows),
      ),
      classes,
      { c: C, classWeights: 'balanced', tolerance: TOLERANCE, ...(signal && { signal }) },
    ).weights;
  };
  const folds = Array.from({ length: FOLDS }, (_, fold) => learn((of) => foldOf[of] !== fold));
  const whole = learn(() => true);
  if (!whole || !folds.every((weights) => weights !== null)) return null;
  const byFold = folds.map((weights) => evidenceOf(weights, matrix));
  const means = bags.map(
    ({ of, rows }) => rows.reduce((sum, row) => sum + byFold[foldOf[of]!]![row]!, 0) / rows.length,
  );
  const classes = bags.map(({ label }) => label);
  return isTelling(means, classes) ? { whole, folds, means, classes } : null;
}

function scaledBy({ whole, folds, means, classes }: CrossFitted, foldOf: Uint8Array) {
  const scale = slopeOf(means, classes);
  const scaled = (weights: Float32Array) => weights.map((weight) => weight * scale);
  return { whole: scaled(whole), folds: folds.map(scaled), foldOf };
}

function gainOf(alone: CrossFitted, both: CrossFitted, labels: number): LabelGain {
  const [a, b] = [lossesOf(alone), lossesOf(both)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const gains = a.map((loss, i) => loss - b[i]!);
  const gain = mean(gains);
  const standardError = Math.sqrt(mean(gains.map((one) => (one - gain) ** 2)) / gains.length);
  return { labels, without: mean(a), with: mean(b), standardError, isUsed: gain > standardError };
}

/** By review: the log loss of its label, of its mean evidence brought to log odds (Platt, 1999). */
function lossesOf({ means, classes }: CrossFitted): number[] {
  const { weights, bias } = fitLogisticRegression(columnOf(means), classes);
  return means.map((mean, i) => {
    const odds = (weights[0]! * mean + bias) * (classes[i] === 1 ? 1 : -1);
    return odds > 0 ? Math.log1p(Math.exp(-odds)) : Math.log1p(Math.exp(odds)) - odds;
  });
}

/**
 * What the evidence of reviews that it was not learnt from must be multiplied by to be their log odds (Platt, 1999): the less there was to
 * learn from, the less it says.
 */
const slopeOf = (means: readonly number[], classes: readonly number[]): number =>
  fitLogisticRegression(columnOf(means), classes, { classWeights: 'balanced' }).weights[0]!;

const columnOf = (values: readonly number[]): SparseMatrix => ({
  rows: values.length,
  columns: 1,
  offsets: Int32Array.from({ length: values.length + 1 }, (_, i) => i),
  indices: new Int32Array(values.length),
  values: Float32Array.from(values),
});

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
