/** The loss of classification into any number of classes. */
import { checkOptions } from '@gradus/base';
import { asTensor, GraphError, sameShape, showShape, Tensor, type TensorLike } from '@gradus/engine';
import { requireRange } from '../index-ranges.ts';
import { sizeAt } from '../layers/size.ts';
import { classLabels } from './class-labels.ts';
import { masked, mean, ratio } from './mean.ts';
import { beside, inShape } from './shapes.ts';

export interface CrossEntropyOptions {
  /** Of each label, in the labels' shape; 0 masks. */
  readonly weights?: TensorLike;
  /** Of each class, [classes]. The mean is then over these weights, as in PyTorch. */
  readonly classWeights?: TensorLike;
  /** How much of the truth is spread evenly over all classes (Szegedy et al., 2016). Default 0. */
  readonly smoothing?: number;
  /** Labels of this value are not counted, such as those of padding. */
  readonly ignored?: number;
  /** The axis of the classes. Default −1, the last; 1 for images with channels first, [batch, classes, height, width]. */
  readonly axis?: number;
}

const OPTIONS = { weights: true, classWeights: true, smoothing: 0, ignored: true, axis: -1 };

/**
 * Cross-entropy of classes, from logits.
 *
 * A logit of −∞ bars its class. A batch in which no label counts has a loss of 0, and nothing is learnt from it.
 *
 * @param logits [.., classes]
 * @param labels [..], the index of the class; or in the shape of the logits, the probability of each class
 * @throws GraphError where the shapes do not fit
 * @throws UserError where a known label is no class; in training, where a batch holds one
 */
export function crossEntropy(
  logits: Tensor,
  labels: TensorLike,
  options: CrossEntropyOptions | Tensor = {},
): Tensor {
  const named: CrossEntropyOptions = options instanceof Tensor ? { weights: options } : options;
  checkOptions<CrossEntropyOptions>('crossEntropy', named, OPTIONS);
  const given = asTensor(labels, 'int64');
  requireAxis(logits, given, named.axis);
  const scores = classesLast(logits, named.axis);
  const classes = sizeAt(scores, -1);
  if (classes < 2) {
    throw new GraphError(
      `crossEntropy of ${showShape(logits.shape)}: over one class it is always 0; use bceWithLogits for a single logit`,
    );
  }
  const probabilities = given.rank === logits.rank && given.shape.at(-1) !== 1;
  return probabilities
    ? ofProbabilities(scores.logSoftmax(), classesLast(given, named.axis), named)
    : ofLabels(scores.logSoftmax(), given, named);
}

function ofLabels(
  logs: Tensor,
  labels: Tensor,
  { weights, classWeights, smoothing = 0, ignored }: CrossEntropyOptions,
): Tensor {
  const classes = sizeAt(logs, -1);
  const shape = logs.shape.slice(0, -1);
  const { index, ...counted } = classLabels('crossEntropy', labels, { shape, classes, ignored, weights });
  const each = counted.weights?.cast(logs.dtype);
  // Looked up, not multiplied by 1 and 0: a class that is barred has a logarithm of −∞.
  const right = logs.gatherElements(index.unsqueeze(-1), -1).squeeze(-1).neg();
  const even = (x: Tensor) => x.sum([-1]).mul(-smoothing / classes);
  if (classWeights === undefined) {
    return mean(smoothing > 0 ? right.mul(1 - smoothing).add(even(logs)) : right, each);
  }
  const ofClasses = asTensor(classWeights, logs.dtype).cast(logs.dtype);
  const ofClass = ofClasses.gather(index);
  const weighted = masked(right, ofClass).mul(ofClass);
  const losses = smoothing > 0 ? weighted.mul(1 - smoothing).add(even(logs.mul(ofClasses))) : weighted;
  return each
    ? ratio(masked(losses, each).mul(each).sum(), ofClass.mul(each).sum())
    : ratio(losses.sum(), ofClass.sum());
}

/** With class weights each class counts as often, and the mean is over examples, as in PyTorch. */
function ofProbabilities(
  logs: Tensor,
  probabilities: Tensor,
  { weights, classWeights, smoothing = 0, ignored }: CrossEntropyOptions,
): Tensor {
  if (ignored !== undefined) {
    throw new GraphError('crossEntropy: "ignored" is a label; mask probabilities by a weight of 0');
  }
  if (weights === undefined)
    requireRange(probabilities, { where: 'crossEntropy', what: 'probability', from: 0, to: 1 });
  const truth = beside('crossEntropy', logs, probabilities, 'probabilities');
  const soft = smoothing > 0 ? truth.mul(1 - smoothing).add(smoothing / sizeAt(logs, -1)) : truth;
  const target = classWeights === undefined ? soft : soft.mul(asTensor(classWeights, logs.dtype));
  return mean(masked(logs, target).mul(target).sum([-1]).neg(), weights);
}

/** Labels [batch, height, width] fit logits with channels first only by accident. @throws GraphError where they may be meant so */
function requireAxis({ shape }: Tensor, labels: Tensor, axis: number | undefined): void {
  if (axis !== undefined || shape.length < 3) return;
  const channelsFirst = sameShape(labels.shape, shape.toSpliced(1, 1));
  if (!channelsFirst || (shape.length === 3 && inShape(labels, shape.slice(0, -1)))) return;
  throw new GraphError(
    `crossEntropy: labels ${showShape(labels.shape)} fit logits ${showShape(shape)} with the classes on axis 1; ` +
      'write { axis: 1 } where that is meant, { axis: -1 } where the classes are last',
  );
}

function classesLast(x: Tensor, axis = -1): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  if (at === x.rank - 1) return x;
  const others = x.shape.flatMap((_, i) => (i === at ? [] : [i]));
  return x.transpose([...others, at]);
}
