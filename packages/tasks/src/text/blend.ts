/**
 * How the logits of several models are best mixed and how sure the mix may sound, learnt from what each said of texts that it
 * had not seen. Two classes: a logistic regression on the logits (Platt, 1999). More: the share with the least log loss, each
 * at its best temperature (Guo et al., 2017).
 *
 * Texts that repeat each other are one observation: of a dozen phrases said five hundred times a dozen is known, and a regression
 * that took them for five hundred could shift every probability across one half.
 */
import { softmaxRows } from '@gradus/classical';
import { fitTemperature, logLoss } from '@gradus/stats';
import { fitCalibration } from './calibration.ts';
import type { TextModel } from './model.ts';

export type Blend = Pick<TextModel, 'networkShare' | 'temperature' | 'shift'>;

/** Nothing is known: the linear model as it is. */
const PLAIN: Blend = { networkShare: 0, temperature: 1, shift: 0 };
const SHARES = 10;

/**
 * @param members Logits of the linear model and, where there are networks, of these: [n], or [n, classes] of more than two
 *   classes; empty where no text could be held back
 * @param groups By text: those that repeat each other share a number
 */
export function blend(
  members: readonly Float32Array[],
  labels: ArrayLike<number>,
  groups?: ArrayLike<number>,
): Blend {
  const [linear, network] = members;
  if (!linear) return PLAIN;
  return linear.length === labels.length
    ? blendOfTwo(members, labels, groups)
    : blendOfMany(linear, network, labels);
}

function blendOfTwo(
  members: readonly Float32Array[],
  labels: ArrayLike<number>,
  groups: ArrayLike<number> | undefined,
): Blend {
  const { weights, bias } = fitCalibration(members, labels, groups);
  const [ofLinear = 0, ofNetwork = 0] = weights;
  // A model whose sign would have to be turned tells nothing.
  if (ofNetwork < 0) return blendOfTwo(members.slice(0, 1), labels, groups);
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
