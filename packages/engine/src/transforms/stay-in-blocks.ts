/**
 * Keeps images in blocks of channels between convolutions: through elementwise ops, reductions to channels and batch normalization.
 * Each rule takes images that are already in blocks and leaves its result in blocks; where no image is, or padding channels
 * would count, it leaves the op as it is.
 */
import {
  floatAttribute,
  intAttribute,
  intsAttribute,
  type Node,
  topologicalOrder,
  type Value,
} from '../graph.ts';
import { constantNumbers } from '../known.ts';
import { windowAttributes, windowsOf } from '../ops/windows.ts';
import { sameShape } from '../shape.ts';
import { apply, type Tensor } from '../tensor.ts';
import {
  affine,
  channelMeans,
  fromBlocks,
  inBlocks,
  product,
  shifted,
  toBlocks,
  withinConvolution,
} from './blocks.ts';
import type { Rule, Rules } from './rebuild.ts';

/** Elementwise ops: the layout does not matter to them. */
const ELEMENTWISE = [
  'Sub',
  'Mul',
  'Div',
  'Sum',
  'HardSigmoid',
  'Clip',
  'Sigmoid',
  'Tanh',
  'Neg',
  'Abs',
  'Sqrt',
];

/** Comparisons of two images. */
const TESTS: ReadonlySet<string> = new Set(['Equal', 'Greater', 'Less']);

/** @param block Channels in a block on this CPU. @returns rules for `rebuild` of these outputs */
export function staysInBlocks(outputs: readonly Value[], block: number): Rules {
  const uses = usesOf(outputs);
  const onlyHere = (node: Node, index: number) => uses.get(node.inputs[index]!) === 1;
  const elementwise: Rule = ({ op, attributes }, inputs) => {
    const images = operands(inputs, block);
    return images && [fromBlocks(apply(op, images, attributes))];
  };
  const activation: Rule = (node, inputs) => {
    const [x] = operands(inputs, block) ?? [];
    const fused =
      x &&
      onlyHere(node, 0) &&
      withinConvolution(x, {
        activation: node.op,
        ...(node.op === 'LeakyRelu' && {
          activation_params: { floats: [floatAttribute(node.attributes, 'alpha', 0.01)] },
        }),
      });
    return fused ? [fromBlocks(fused)] : elementwise(node, inputs);
  };
  const add: Rule = (node, inputs) => {
    const images = operands(inputs, block);
    if (!images?.every((image) => image.rank === 4)) return elementwise(node, inputs);
    for (const [i, image] of images.entries()) {
      const fused = onlyHere(node, i) && withinConvolution(image, {}, images[1 - i]);
      if (fused) return [fromBlocks(fused)];
    }
    return elementwise(node, inputs);
  };
  return {
    ...Object.fromEntries(ELEMENTWISE.map((op) => [op, elementwise])),
    Relu: activation,
    LeakyRelu: activation,
    Add: add,
    GlobalAveragePool: (_, [x]) => {
      const image = inBlocks(x!);
      return image && [apply('BlockedGlobalAveragePool', [image])];
    },
    MaxPool: (node, [x]) => (uses.has(node.outputs[1]!) ? undefined : pooled('BlockedMaxPool', node, x!)),
    AveragePool: (node, [x]) => pooled('BlockedAveragePool', node, x!),
    Resize: upsampled,
    Cast: (node, [x]) => {
      // A comparison of images as numbers: only the numbers can be an image in blocks.
      if (x?.source.kind !== 'node' || !TESTS.has(x.source.node.op)) return undefined;
      const { op, inputs, attributes } = x.source.node;
      const images = operands(inputs as readonly Tensor[], block);
      const outcome = images && apply('Cast', [apply(op, images, attributes)], node.attributes);
      return outcome?.dtype === 'float32' ? [fromBlocks(outcome)] : undefined;
    },
    Where: (_, [condition, ...branches]) => {
      // Chosen by a comparison of images: as for Cast, the test itself is no image.
      if (condition?.source.kind !== 'node' || !TESTS.has(condition.source.node.op)) return undefined;
      const { op, inputs, attributes } = condition.source.node;
      const images = operands([...(inputs as readonly Tensor[]), ...branches], block);
      if (!images) return undefined;
      const test = apply(op, images.slice(0, inputs.length), attributes);
      return [fromBlocks(apply('Where', [test, ...images.slice(inputs.length)]))];
    },
    ReduceMean: overChannels((means) => means),
    ReduceSum: overChannels((means, count) => means.mul(count)),
    ...batchNormalization(block),
  };
}

function usesOf(outputs: readonly Value[]): Map<Value | null, number> {
  const uses = new Map<Value | null, number>();
  const used = (value: Value | null) => uses.set(value, (uses.get(value) ?? 0) + 1);
  outputs.forEach(used);
  for (const { inputs } of topologicalOrder(outputs)) inputs.forEach(used);
  return uses;
}

/** Images of one shape in blocks, and scalars as they are; undefined where no image is in blocks already. */
function operands(inputs: readonly (Tensor | null)[], block: number): Tensor[] | undefined {
  const present = inputs.filter((input) => input !== null);
  const shape = present.find((input) => inBlocks(input))?.shape;
  if (!shape || present.length < inputs.length) return undefined;
  if (!present.every(({ shape: own }) => own.length === 0 || sameShape(own, shape))) return undefined;
  return present.map((input) => (input.rank === 0 ? input : toBlocks(input, block)));
}

function pooled(op: string, { attributes }: Node, x: Tensor): readonly Tensor[] | undefined {
  const image = inBlocks(x);
  if (!image || intAttribute(attributes, 'ceil_mode', 0) !== 0) return undefined;
  const windows = windowsOf(attributes, image.shape, intsAttribute(attributes, 'kernel_shape'));
  if (windows.dilations.some((step) => step > 1)) return undefined;
  const { kernel_shape, strides, pads } = windowAttributes(windows);
  const counted = intAttribute(attributes, 'count_include_pad', 0);
  return [
    fromBlocks(
      apply(op, [image], {
        kernel_shape: kernel_shape!,
        strides: strides!,
        pads: pads!,
        ...(counted && { count_include_pad: counted }),
      }),
    ),
  ];
}

/** Resize where it repeats pixels a whole number of times. */
const upsampled: Rule = ({ attributes }, [x, , factors]) => {
  const image = inBlocks(x!);
  const scales = factors && constantNumbers(factors);
  if (!image || scales?.length !== 4 || scales[0] !== 1 || scales[1] !== 1) return undefined;
  const repeats =
    scales.every((scale) => Number.isInteger(scale) && scale > 0) &&
    attributes.mode === 'nearest' &&
    attributes.coordinate_transformation_mode === 'asymmetric' &&
    attributes.nearest_mode === 'floor';
  return repeats ? [fromBlocks(apply('BlockedUpsample', [image], { scales, mode: 'nearest' }))] : undefined;
};

/** A reduction over all axes but the channels, from the means of the channels and the number of elements of each. */
const overChannels =
  (result: (means: Tensor, count: number) => Tensor): Rule =>
  ({ attributes }, [x, axes]) => {
    const image = inBlocks(x!);
    if (!image || constantNumbers(axes)?.join() !== '0,2,3') return undefined;
    const reduced = result(channelMeans(image), countOf(image));
    const kept = intAttribute(attributes, 'keepdims', 1) === 1;
    return [kept ? reduced.reshape([1, image.shape[1]!, 1, 1]) : reduced];
  };

const countOf = ({ shape }: Tensor): number => product(shape as readonly number[]) / (shape[1] as number);

/**
 * Batch normalization, and its gradient in training: all work on whole images is products of two images, means of channels, and
 * affine maps of channels.
 */
function batchNormalization(block: number): Rules {
  /** Centred images by the mean that was subtracted: the backward pass needs them again. */
  const centredBy = new Map<Tensor, Tensor>();
  return {
    BatchNormalization: ({ attributes }, inputs) => {
      const [x, scale, bias, runningMean, runningVariance] = inputs as readonly [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const image = inBlocks(x);
      if (!image) return undefined;
      const training = intAttribute(attributes, 'training_mode', 0) === 1;
      if (training && floatAttribute(attributes, 'momentum', 0.9) !== 0) return undefined;
      const slopeOf = (variance: Tensor) =>
        scale.div(variance.add(floatAttribute(attributes, 'epsilon', 1e-5)).sqrt());
      if (!training) {
        const slope = slopeOf(runningVariance);
        return [fromBlocks(affine(image, slope, bias.sub(runningMean.mul(slope))))];
      }
      const mean = channelMeans(image);
      const centred = shifted(image, mean);
      centredBy.set(mean, centred);
      const variance = channelMeans(centred.mul(centred));
      return [fromBlocks(affine(centred, slopeOf(variance), bias)), mean, variance];
    },
    BatchNormalizationGradient: ({ attributes }, inputs) => {
      const [dy, x, scale, mean, variance] = inputs as readonly [Tensor, Tensor, Tensor, Tensor, Tensor];
      const image = inBlocks(x);
      if (!image) return undefined;
      const centred = centredBy.get(mean) ?? shifted(image, mean);
      const gradient = toBlocks(dy, block);
      const shiftedVariance = variance.add(floatAttribute(attributes, 'epsilon', 1e-5));
      const deviation = shiftedVariance.sqrt();
      const slope = scale.div(deviation);
      const [meanGradient, meanAlong] = [channelMeans(gradient), channelMeans(gradient.mul(centred))];
      const along = affine(centred, meanAlong.mul(slope).div(shiftedVariance).neg());
      const dx = withinConvolution(affine(gradient, slope, meanGradient.mul(slope).neg()), {}, along)!;
      const count = countOf(image);
      return [fromBlocks(dx), meanAlong.mul(count).div(deviation), meanGradient.mul(count)];
    },
  };
}
