/** The loss of sequences whose labels are not aligned in time, as in speech recognition. */
import { checkOptions } from '@gradus/base';
import {
  asTensor,
  concat,
  GraphError,
  scalar,
  showShape,
  type Tensor,
  type TensorLike,
} from '@gradus/engine';
import { requireRange } from '../index-ranges.ts';
import { sizeAt } from '../layers/size.ts';
import { mean } from './mean.ts';

/** ln 0, near enough, and finite: sums and differences of it stay numbers, until the end. */
const NEVER = -1e30;

export interface CtcOptions {
  /**
   * Counts sequences that cannot hold their labels (fewer steps in time than labels, and a blank between equal ones) as 0. Default
   * false: their loss is infinite.
   */
  readonly zeroInfinity?: boolean;
}

/**
 * Connectionist temporal classification (Graves et al., 2006): the probability of a sequence of labels, however its labels
 * are spread over time, class 0 being "none". By the forward algorithm in logarithms, written out over time.
 *
 * @param logits [batch, time, classes]
 * @param labels whole numbers [batch, length], filled up with 0
 * @param times whole numbers [batch], how long each sequence of logits is
 * @param lengths whole numbers [batch], how many labels each has
 * @returns the mean over the batch of −ln p / length, as in PyTorch; infinite where a sequence cannot hold its labels
 */
export function ctc(
  logits: Tensor,
  labelsOf: TensorLike,
  timesOf: TensorLike,
  lengthsOf: TensorLike,
  weights?: TensorLike,
  options: CtcOptions = {},
): Tensor {
  checkOptions('ctc', options, { zeroInfinity: true });
  const [labels, times, lengths] = [labelsOf, timesOf, lengthsOf].map((x) =>
    asTensor(x, 'int64').cast('int64'),
  ) as [Tensor, Tensor, Tensor];
  const [batch, time] = logits.shape;
  const length = labels.shape[1];
  if (typeof batch !== 'number' || typeof time !== 'number' || typeof length !== 'number') {
    throw new GraphError(
      `CTC needs known sizes, not ${showShape(logits.shape)} and ${showShape(labels.shape)}`,
    );
  }
  requireRange(labels, { where: 'ctc', what: 'label', from: 0, to: sizeAt(logits, 2) - 1 });
  requireRange(times, { where: 'ctc', what: 'length', from: 1, to: time });
  requireRange(lengths, { where: 'ctc', what: 'length', from: 0, to: length });
  const states = 2 * length + 1;
  const logs = logits.logSoftmax();
  // The labels with a blank before, between and after them: [batch, states].
  const blank = labels.mul(0).unsqueeze(2);
  const interleaved = concat([blank, labels.unsqueeze(2)], 2).reshape([batch, 2 * length]);
  const path = concat([interleaved, blank.slice([0], [1], [1]).squeeze(2)], 1);
  // A label may follow the one two states before it unless they are the same or blank.
  const earlier = path.slice([0], [states - 2], [1]);
  const later = path.slice([2], [states], [1]);
  const skips = later.equal(earlier).cast('float32').add(later.equal(0).cast('float32')).less(0.5);
  const barred = skips.where(scalar(0), scalar(NEVER)).pad([0, 2], [0, 0]);
  const emitted = (t: number) =>
    logs
      .slice([t], [t + 1], [1])
      .squeeze(1)
      .gatherElements(path, 1);
  const delayed = (alpha: Tensor, by: number) =>
    concat([alpha.slice([0], [by], [1]).mul(0).add(NEVER), alpha.slice([0], [states - by], [1])], 1);
  // A sequence begins with a blank or its first label.
  const begins = scalar(NEVER)
    .expand([batch, states - 2])
    .pad([0, 2], [0, 0]);
  let alpha = emitted(0).add(begins).max(NEVER);
  for (let t = 1; t < time; t++) {
    const ways = [alpha, delayed(alpha, 1), delayed(alpha, 2).add(barred)];
    const together = logSum(ways.map((way) => way.max(NEVER)));
    const next = together.add(emitted(t)).max(NEVER);
    alpha = times.greater(t).unsqueeze(1).where(next, alpha);
  }
  const last = lengths.mul(2).unsqueeze(1);
  const ends = [last, last.sub(1).max(0)].map((at) => alpha.gatherElements(at, 1));
  // Without labels there is one way to end, not two.
  const second = lengths.greater(0).unsqueeze(1).where(ends[1]!, ends[1]!.mul(0).add(NEVER));
  const logarithm = logSum([ends[0]!, second]).squeeze(1);
  const each = logarithm.neg().div(lengths.cast('float32').max(1));
  const impossible = scalar(options.zeroInfinity ? 0 : Number.POSITIVE_INFINITY);
  return mean(logarithm.less(NEVER / 2).where(impossible, each), weights);
}

/** ln Σ eˣ, element by element. */
function logSum(terms: readonly Tensor[]): Tensor {
  const joined = concat(
    terms.map((term) => term.unsqueeze(0)),
    0,
  );
  const top = joined.maximum([0], true);
  return joined.sub(top).exp().sum([0]).log().add(top.squeeze(0));
}
