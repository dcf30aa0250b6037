/**
 * What an encoder's vectors of texts add to a classifier of two classes: logistic regression on them, whose logit is weighed against the
 * classifier's own by what both say of texts that they had not met ("stacking": Wolpert, 1992). Whether they are of use is decided on
 * training texts alone.
 */
import { fitLogisticRegression, logisticScores } from '@gradus/classical';
import { constant, type Tensor } from '@gradus/engine';
import type { SparseMatrix } from '@gradus/stats';
import { sparseRows } from '../shared/sparse-rows.ts';
import { fitCalibration } from './calibration.ts';
import type { TextVectors } from './features.ts';
import type { UnseenTexts } from './train.ts';

/** Plain data. The logit is `ofTerms` times that of the classifier, and what the vector, brought to length 1, says. */
export interface VectorModel {
  readonly ofTerms: number;
  /** [dimensions] */
  readonly weights: Float32Array;
  readonly bias: number;
}

/** How often the class of texts that were not learnt from is told rightly. Of texts that repeat each other one counts. */
export interface VectorGain {
  readonly texts: number;
  readonly terms: number;
  /** With the vectors beside them. */
  readonly both: number;
  /** Of the difference. */
  readonly standardError: number;
  /** Whether the gain is more than its standard error. */
  readonly isUsed: boolean;
}

/** Inverse of the penalty's strength. */
const C = 4;
const TOLERANCE = 1e-4;
const SHORTEST = 1e-12;

/**
 * @param labels 0 or 1
 * @param groups By text: those that repeat each other share a number
 * @returns no model where the vectors do not help
 */
export function fitVectors(
  vectors: TextVectors,
  labels: ArrayLike<number>,
  { logits: terms, fold }: UnseenTexts,
  { groups, signal }: { readonly groups: ArrayLike<number>; readonly signal?: AbortSignal | undefined },
): { readonly model: VectorModel | null; readonly gain: VectorGain } {
  const matrix = vectorRows(vectors);
  const learn = (rows: Int32Array) =>
    fitLogisticRegression(sparseRows(matrix, rows), pick(labels, rows), {
      c: C,
      tolerance: TOLERANCE,
      ...(signal && { signal }),
    });
  const all = Int32Array.from(fold.keys());
  const folds = [...new Set(fold)].map((k) => ({
    inside: all.filter((i) => fold[i] !== k),
    outside: all.filter((i) => fold[i] === k),
  }));
  const encoded = new Float32Array(fold.length);
  for (const { inside, outside } of folds) {
    const said = logisticScores(learn(inside), sparseRows(matrix, outside));
    for (const [i, row] of outside.entries()) encoded[row] = said[i]!;
  }
  /** What the two logits are multiplied by, and what is added. */
  const weigh = (rows: Int32Array): readonly [ofTerms: number, ofVectors: number, bias: number] => {
    const of = (members: readonly Float32Array[]) =>
      fitCalibration(
        members.map((logits) => Float32Array.from(pick(logits, rows))),
        pick(labels, rows),
        pick(groups, rows),
      );
    const { weights, bias } = of([terms, encoded]);
    const [ofTerms, ofVectors] = weights as [number, number];
    if (ofTerms >= 0) return [ofTerms, ofVectors, bias];
    // Terms whose sign would have to be turned tell nothing.
    const alone = of([encoded]);
    return [0, alone.weights[0]!, alone.bias];
  };
  const both = new Float32Array(fold.length);
  for (const { inside, outside } of folds) {
    const [ofTerms, ofVectors, bias] = weigh(inside);
    for (const i of outside) both[i] = ofTerms * terms[i]! + ofVectors * encoded[i]! + bias;
  }
  const gain = gainOf(terms, both, labels, groups);
  if (!gain.isUsed) return { model: null, gain };
  const whole = learn(all);
  const [ofTerms, ofVectors, bias] = weigh(all);
  return {
    model: {
      ofTerms,
      weights: whole.weights.map((weight) => ofVectors * weight),
      bias: ofVectors * whole.bias + bias,
    },
    gain,
  };
}

/** By text: what its vector adds to the logit. */
export const vectorScores = ({ weights, bias }: VectorModel, vectors: TextVectors): Float32Array =>
  logisticScores({ weights, bias }, vectorRows(vectors));

/**
 * The logits of terms and vectors, as a graph has them.
 *
 * @param vectors float32 [batch, dimensions] @returns [batch]
 */
export function logitsWithVectors(
  { ofTerms, weights, bias }: VectorModel,
  terms: Tensor,
  vectors: Tensor,
): Tensor {
  const table = constant({ dtype: 'float32', dims: [weights.length, 1], data: weights }, 'vectors.weight');
  const length = vectors.mul(vectors).sum([1]).max(SHORTEST).sqrt();
  return terms.mul(ofTerms).add(vectors.matmul(table).squeeze(1).div(length)).add(bias);
}

function gainOf(
  terms: Float32Array,
  both: Float32Array,
  labels: ArrayLike<number>,
  groups: ArrayLike<number>,
): VectorGain {
  const firsts = [...new Map(Array.from(groups, (group, i) => [group, i])).values()];
  const right = (logits: Float32Array) => firsts.map((i) => Number(logits[i]! >= 0 === (labels[i] === 1)));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ofTerms, ofBoth] = [right(terms), right(both)];
  const gains = ofBoth.map((hit, i) => hit - ofTerms[i]!);
  const gain = mean(gains);
  const standardError = Math.sqrt(mean(gains.map((one) => (one - gain) ** 2)) / gains.length);
  return {
    texts: firsts.length,
    terms: mean(ofTerms),
    both: mean(ofBoth),
    standardError,
    isUsed: gain > standardError,
  };
}

/** As a matrix, each of length 1, so that no encoder speaks louder than another. */
export function vectorRows({ data, dimensions }: TextVectors): SparseMatrix {
  const rows = data.length / dimensions;
  const values = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const own = data.subarray(row * dimensions, (row + 1) * dimensions);
    const length = Math.sqrt(
      Math.max(
        SHORTEST,
        own.reduce((sum, value) => sum + value * value, 0),
      ),
    );
    for (const [k, value] of own.entries()) values[row * dimensions + k] = value / length;
  }
  return {
    rows,
    columns: dimensions,
    offsets: Int32Array.from({ length: rows + 1 }, (_, row) => row * dimensions),
    indices: Int32Array.from(values.keys(), (i) => i % dimensions),
    values,
  };
}

const pick = (values: ArrayLike<number>, rows: Int32Array): number[] =>
  Array.from(rows, (row) => values[row]!);
