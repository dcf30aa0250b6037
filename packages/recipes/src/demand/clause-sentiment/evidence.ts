/**
 * What the words of a clause say of satisfaction, learnt from the labels of whole reviews: multiple-instance learning. A review's
 * log odds are the mean of its clauses' evidence (Kotzias et al., "From group to individual labels using deep features", 2015,
 * and Angelidis and Lapata, "Multiple instance learning networks for fine-grained sentiment analysis", 2018, with a linear model in
 * place of a network): so each clause is read as if it were the whole review, and short texts do not fall back on how common
 * satisfied reviews are, as they do with a model that has only seen whole reviews.
 *
 * A review's label is used beside the evidence later, so the evidence of its own clauses must not have met it: it comes from a model
 * that was learnt without the review's fold.
 *
 * An encoder's vectors of the clauses, where a user brings one, are learnt from likewise, and weighed against the terms by what both say of reviews that neither
 * has met; they are used where the reviews' labels are told better with them.
 */
import type { Random } from '@gradus/base';
import { fitLogisticRegression, logisticScores } from '@gradus/classical';
import { stratifiedFolds } from '@gradus/data';
import { rocAuc, type SparseMatrix } from '@gradus/stats';
import {
  type Learning,
  sparseRows,
  type TextFeatures,
  type TextVectors,
  termMatrix,
  vectorRows,
} from '@gradus/tasks';
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
  /** By dimension of an encoder's vectors of length 1, likewise; null where they are not used. */
  readonly vectors: { readonly whole: Float32Array; readonly folds: readonly Float32Array[] } | null;
  /** What vectors added; null where there were none. */
  readonly vectorGain: EvidenceGain | null;
}

/** A clause that was labelled by itself. */
export interface LabelledClause {
  /** Index into the texts learnt from: the one it is of. */
  readonly of: number;
  readonly text: string;
  /** 1 praise, 0 complaint. */
  readonly label: 0 | 1;
}

/** How well the file's own labels are told of reviews that were not learnt from (mean log loss), without something and with it. */
export interface EvidenceGain {
  readonly without: number;
  readonly with: number;
  /** Of the difference. */
  readonly standardError: number;
  /** Whether the gain is more than its standard error, so that the evidence has learnt from it. */
  readonly isUsed: boolean;
}

/** Of labels of clauses. */
export interface LabelGain extends EvidenceGain {
  readonly labels: number;
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
  /** Of clauses, by an encoder. */
  readonly vectorsOf?: ((clauses: readonly string[]) => TextVectors) | undefined;
  readonly signal?: AbortSignal;
}

/** @returns null where the evidence is not shown to tell reviews apart that it was not learnt from */
export function learnEvidence(
  features: TextFeatures,
  { texts, labels, groups }: Pick<Learning, 'texts' | 'labels' | 'groups'>,
  { random, labelled = [], vectorsOf, signal }: LearnEvidenceOptions,
): ClauseEvidence | null {
  const clauses = texts.map((text) => clausesOf(text));
  const all = [...clauses.flat(), ...labelled.map(({ text }) => text)];
  const matrix = termMatrix(features, all);
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
  if (!alone) return null;
  const both = single.length > 0 ? learnt(single) : null;
  const gain = both && { labels: single.length, ...gainOf([alone], [both]) };
  const terms = both && gain?.isUsed ? both : alone;
  const vectors =
    vectorsOf && crossFitted(vectorRows(vectorsOf(all)), bags, gain?.isUsed ? single : [], foldOf, signal);
  const vectorGain = vectors ? gainOf([terms], [terms, vectors]) : null;
  const used = vectors && vectorGain!.isUsed ? [terms, vectors] : [terms];
  const [ofTerms, ofVectors] = [...slopesOf(used)] as [number, number?];
  return {
    ...scaledBy(terms, ofTerms),
    foldOf,
    gain,
    vectors: ofVectors === undefined ? null : scaledBy(vectors!, ofVectors),
    vectorGain,
  };
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
  const every = [...bags, ...extra];
  const all = meanRows(
    matrix,
    every.map(({ rows }) => rows),
  );
  const learn = (isLearnt: (of: number) => boolean): Float32Array | null => {
    const own = [...every.keys()].filter((i) => isLearnt(every[i]!.of));
    const classes = own.map((i) => every[i]!.label);
    if (new Set(classes).size < 2) return null;
    return fitLogisticRegression(sparseRows(all, own), classes, {
      c: C,
      classWeights: 'balanced',
      tolerance: TOLERANCE,
      ...(signal && { signal }),
    }).weights;
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

function scaledBy({ whole, folds }: CrossFitted, scale: number) {
  const scaled = (weights: Float32Array) => weights.map((weight) => weight * scale);
  return { whole: scaled(whole), folds: folds.map(scaled) };
}

function gainOf(before: readonly CrossFitted[], after: readonly CrossFitted[]): EvidenceGain {
  const [a, b] = [lossesOf(before), lossesOf(after)];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const gains = a.map((loss, i) => loss - b[i]!);
  const gain = mean(gains);
  const standardError = Math.sqrt(mean(gains.map((one) => (one - gain) ** 2)) / gains.length);
  return { without: mean(a), with: mean(b), standardError, isUsed: gain > standardError };
}

/** By review: the log loss of its label, of its mean evidence of one kind or two brought to log odds (Platt, 1999). */
function lossesOf(of: readonly CrossFitted[]): number[] {
  const { classes } = of[0]!;
  const matrix = columnsOf(of.map(({ means }) => means));
  const scores = logisticScores(fitLogisticRegression(matrix, classes), matrix);
  return classes.map((label, i) => {
    const odds = scores[i]! * (label === 1 ? 1 : -1);
    return odds > 0 ? Math.log1p(Math.exp(-odds)) : Math.log1p(Math.exp(odds)) - odds;
  });
}

/**
 * What the evidence of reviews that it was not learnt from must be multiplied by to be their log odds (Platt, 1999), each of one kind or two: the less there was to
 * learn from, the less it says.
 */
const slopesOf = (of: readonly CrossFitted[]): Float32Array =>
  fitLogisticRegression(columnsOf(of.map(({ means }) => means)), of[0]!.classes, { classWeights: 'balanced' })
    .weights;

/** [rows, columns] of columns. */
function columnsOf(columns: readonly (readonly number[])[]): SparseMatrix {
  const [width, rows] = [columns.length, columns[0]!.length];
  return {
    rows,
    columns: width,
    offsets: Int32Array.from({ length: rows + 1 }, (_, row) => row * width),
    indices: Int32Array.from({ length: rows * width }, (_, i) => i % width),
    values: Float32Array.from(
      { length: rows * width },
      (_, i) => columns[i % width]![Math.floor(i / width)]!,
    ),
  };
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
