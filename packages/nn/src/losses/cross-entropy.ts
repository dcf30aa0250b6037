/** The loss of classification into any number of classes. */
import { apply, int64, scalar, type Tensor } from '@gradus/engine';
import { mean } from './mean.ts';

export interface CrossEntropyOptions {
  /** Of each label, in the labels' shape; 0 masks. */
  readonly weights?: Tensor;
  /** Of each class, float32 [classes]. The mean is then over these weights, as in PyTorch. */
  readonly classWeights?: Tensor;
  /** How much of the truth is spread evenly over all classes (Szegedy et al., 2016). Default 0. */
  readonly smoothing?: number;
  /** Labels of this value are not counted, such as those of padding. */
  readonly ignored?: number;
}

/**
 * Cross-entropy of classes, from logits.
 *
 * @param logits [.., classes]
 * @param labels int64 [..], the index of the class
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  options: CrossEntropyOptions | Tensor = {},
): Tensor {
  const {
    weights: ofLabels,
    classWeights,
    smoothing = 0,
    ignored,
  } = isTensor(options) ? { weights: options } : options;
  const counts = ignored === undefined ? undefined : labels.equal(ignored).cast('float32').neg().add(1);
  const weights = ofLabels && counts ? ofLabels.mul(counts) : (ofLabels ?? counts);
  const classes = logits.shape.at(-1) as number;
  const truth = apply('OneHot', [
    labels,
    scalar(classes, 'int64'),
    apply('Cast', [int64([0, 1])], { to: 1 }),
  ]);
  const soft = smoothing > 0 ? truth.mul(1 - smoothing).add(smoothing / classes) : truth;
  const target = classWeights ? soft.mul(classWeights) : soft;
  const losses = logits.logSoftmax().mul(target).sum([-1]).neg();
  if (!classWeights) return mean(losses, weights);
  const ofClass = truth.mul(classWeights).sum([-1]);
  const total = weights ? ofClass.mul(weights) : ofClass;
  return (weights ? losses.mul(weights) : losses).sum().div(total.sum());
}

const isTensor = (value: CrossEntropyOptions | Tensor): value is Tensor => 'rank' in value;
