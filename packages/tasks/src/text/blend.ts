/**
 * How the logits of several models are best mixed and how sure the mix may sound, learnt from what each said of texts that it
 * had not seen. Two classes: a logistic regression on the logits (Platt, 1999). More: the share with the least log loss, each
 * at its best temperature (Guo et al., 2017).
 */
import { fitLogisticRegression, softmaxRows } from '@gradus/classical';
import { fitTemperature, logLoss, type SparseMatrix } from '@gradus/stats';
import type { TextModel } from './model.ts';

export type Blend = Pick<TextModel, 'networkShare' | 'temperature' | 'shift'>;

/** Nothing is known: the linear model as it is. */
const PLAIN: Blend = { networkShare: 0, temperature: 1, shift: 0 };
const NO_PENALTY = 1e4;
const SHARES = 10;

/**
 * @param members Logits of the linear model and, where there are networks, of these: [n], or [n, classes] of more than two
 *   classes; empty where no text could be held back
 */
export function blend(members: readonly Float32Array[], labels: ArrayLike<number>): Blend {
  const [linear, network] = members;
  if (!linear) return PLAIN;
  return linear.length === labels.length ? blendOfTwo(members, labels) : blendOfMany(linear, network, labels);
}

function blendOfTwo(members: readonly Float32Array[], labels: ArrayLike<number>): Blend {
  const { weights, bias } = fitLogisticRegression(columnsOf(members), labels, { c: NO_PENALTY });
  const [ofLinear = 0, ofNetwork = 0] = weights;
  // A model whose sign would have to be turned tells nothing.
  if (ofNetwork < 0) return blendOfTwo(members.slice(0, 1), labels);
  const sum = ofLinear + ofNetwork;
  if (ofLinear < 0 || !(sum > 0)) return PLAIN;
  return { networkShare: ofNetwork / sum, temperature: 1 / sum, shift: bias };
}

function blendOfMany(
  linear: Float32Array,
  network: Float32Array | undefined,
  labels: ArrayLike<number>,
): Blend {
  const classes = linear.length / labels.length;
  const shares = network ? Array.from({ length: SHARES + 1 }, (_, i) => i / SHARES) : [0];
  const tried = shares.map((networkShare) => {
    const mixed = linear.map((logit, i) => (1 - networkShare) * logit + networkShare * (network?.[i] ?? 0));
    const temperature = fitTemperature(mixed, labels);
    const scaled = softmaxRows(
      mixed.map((logit) => logit / temperature),
      classes,
    );
    return { networkShare, temperature, loss: logLoss(labels, scaled, classes) };
  });
  const { networkShare, temperature } = tried.reduce((best, one) => (one.loss < best.loss ? one : best));
  return { networkShare, temperature, shift: 0 };
}

/** Columns of numbers as a sparse matrix in which nothing is left out. */
function columnsOf(columns: readonly Float32Array[]): SparseMatrix {
  const rows = columns[0]!.length;
  const width = columns.length;
  return {
    rows,
    columns: width,
    offsets: Int32Array.from({ length: rows + 1 }, (_, i) => i * width),
    indices: Int32Array.from({ length: rows * width }, (_, k) => k % width),
    values: Float32Array.from(
      { length: rows * width },
      (_, k) => columns[k % width]![Math.floor(k / width)]!,
    ),
  };
}
