/** Losses that ONNX has as ops. Written out in simpler ones where they are differentiated. */
import { type Attributes, intAttribute, stringAttribute, type Value } from '../graph.ts';
import type { ValueType } from '../op-schema.ts';
import type { Shape } from '../shape.ts';
import { scalar, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, typeOf } from './rules.ts';

declareOps({
  /** −log p of the right class: x [batch, classes, ..], target [batch, ..] -> a number, or one a target. */
  NegativeLogLikelihoodLoss: {
    infer: (inputs, attributes) => [lossType(inputs, attributes)],
    expand: ([x, target, weight], attributes) => [likelihoodLoss(x!, target!, weight, attributes)],
  },
  /** The same of the logarithm of softmax, which is the second output. */
  SoftmaxCrossEntropyLoss: {
    requiredOutputs: 1,
    infer: (inputs, attributes) => [lossType(inputs, attributes), typeOf(required(inputs, 0))],
    expand: ([x, target, weight], attributes) => {
      const logs = x!.logSoftmax(1);
      return [likelihoodLoss(logs, target!, weight, attributes), logs];
    },
  },
});

function lossType(inputs: readonly (Value | null)[], attributes: Attributes): ValueType {
  const shape: Shape = isWhole(attributes) ? [] : required(inputs, 1).shape;
  return { dtype: required(inputs, 0).dtype, shape };
}

const isWhole = (attributes: Attributes): boolean =>
  stringAttribute(attributes, 'reduction', 'mean') !== 'none';

function likelihoodLoss(
  logs: Tensor,
  target: Tensor,
  weight: Tensor | null | undefined,
  attributes: Attributes,
): Tensor {
  const ignored =
    attributes.ignore_index === undefined ? undefined : intAttribute(attributes, 'ignore_index');
  const passedOver = ignored === undefined ? undefined : target.equal(ignored);
  const counts = passedOver?.cast(logs.dtype).neg().add(1);
  // What is ignored may be no class at all; it is looked up as the first and counts nothing.
  const classes = passedOver ? passedOver.where(scalar(0, target.dtype), target) : target;
  const found = logs.gatherElements(classes.unsqueeze(1), 1).squeeze(1).neg();
  // Chosen, not multiplied by 0: what is passed over may be infinite.
  const perExample = passedOver ? passedOver.where(scalar(0, logs.dtype), found) : found;
  const weights = weight ? weight.gather(classes) : undefined;
  const factor = counts && weights ? counts.mul(weights) : (counts ?? weights);
  const losses = factor ? perExample.mul(factor) : perExample;
  const reduction = stringAttribute(attributes, 'reduction', 'mean');
  if (reduction === 'none') return losses;
  if (reduction === 'sum') return losses.sum();
  return factor ? losses.sum().div(factor.sum()) : losses.mean();
}
