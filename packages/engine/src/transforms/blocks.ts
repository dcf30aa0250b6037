/**
 * Images with their channels in blocks (../ops/nchwc.ts), as the transforms for CPUs make them.
 *
 * FromBlocks brings an image back to the plain layout, and a rule that takes blocks looks behind it first (`inBlocks`). So a
 * chain of ops stays in blocks from end to end, and a FromBlocks that nothing reads is not in the graph.
 */
import type { Attributes } from '../graph.ts';
import type { Windows } from '../ops/windows.ts';
import { sameShape } from '../shape.ts';
import { apply, constant, type Tensor } from '../tensor.ts';

export const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** x with zeros after it along `axis`, up to `size`. */
export function filled(x: Tensor, axis: number, size: number): Tensor {
  const missing = size - (x.shape[axis] as number);
  const none = x.shape.map(() => 0);
  return missing > 0 ? x.pad(none, none.with(axis, missing)) : x;
}

/** The image in blocks behind `x`; undefined where there is none, or where it has more channels. */
export function inBlocks(x: Tensor): Tensor | undefined {
  if (x.source.kind !== 'node' || x.source.node.op !== 'FromBlocks') return undefined;
  const blocked = x.source.node.inputs[0] as Tensor;
  return blocked.shape[1] === x.shape[1] ? blocked : undefined;
}

export const fromBlocks = (x: Tensor, channels = x.shape[1] as number): Tensor =>
  apply('FromBlocks', [x], { channels });

/** Blocked images by their plain ones: several convolutions read an image, and the runtime merges no ops of this domain. */
const made = new WeakMap<Tensor, Tensor>();

/** @param x [batch, channels, height, width], all known */
export function toBlocks(x: Tensor, block: number): Tensor {
  const known = inBlocks(x) ?? repeated(x, block) ?? made.get(x);
  if (known) return known;
  // ReorderInput takes channels by fours.
  const blocked = apply('ToBlocks', [filled(x, 1, Math.ceil((x.shape[1] as number) / 4) * 4)]);
  made.set(x, blocked);
  return blocked;
}

/** One number a channel that is broadcast over all pixels is broadcast in blocks, many bytes at a time. */
function repeated(x: Tensor, block: number): Tensor | undefined {
  if (x.source.kind !== 'node' || x.source.node.op !== 'Expand') return undefined;
  const [pixel] = x.source.node.inputs as readonly [Tensor];
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
  if (channels % block !== 0 || !sameShape(pixel.shape, [batch, channels, 1, 1])) return undefined;
  return pixel
    .reshape([batch, channels / block, 1, block])
    .expand([batch, channels / block, height * width, block])
    .reshape(x.shape);
}

/** The convolution of an image by a kernel, both in blocks. */
export function blockedConv(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  { kernel, strides, dilations, before, after }: Windows,
  group = 1,
): Tensor {
  return apply('BlockedConv', bias ? [x, w, bias] : [x, w], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [...before, ...after],
    group,
  });
}

/**
 * x · factor + bias, factor and bias one number a channel: a convolution of each channel by itself with one cell. It is as
 * fast as arithmetic on images of the same shape; broadcasting the channel's number in a product takes five times as long.
 */
export function affine(x: Tensor, factor: Tensor, bias?: Tensor): Tensor {
  const channels = x.shape[1] as number;
  const w = factor.reshape([channels, 1, 1, 1]);
  return apply('BlockedConv', bias ? [x, w, bias] : [x, w], { kernel_shape: [1, 1], group: channels });
}

/** x less a number a channel. */
export function shifted(x: Tensor, by: Tensor): Tensor {
  const channels = x.shape[1] as number;
  const one = constant({ dtype: 'float32', dims: [channels], data: new Float32Array(channels).fill(1) });
  return affine(x, one, by.neg());
}

/** The mean of each channel over batch and space: [channels]. */
export const channelMeans = (x: Tensor): Tensor =>
  apply('BlockedGlobalAveragePool', [x]).reshape(x.shape.slice(0, 2)).mean([0]);

/**
 * Fuses an addition and an activation into the convolution that computes `x`, where nothing else reads `x`: its pixels are then still in
 * registers. Undefined where `x` comes from no convolution, or from one that is fused already.
 */
export function withinConvolution(x: Tensor, activation: Attributes, addend?: Tensor): Tensor | undefined {
  if (x.source.kind !== 'node' || x.source.node.op !== 'BlockedConv') return undefined;
  const { inputs, attributes } = x.source.node;
  const [image, w, bias = null, sum] = inputs as readonly (Tensor | null)[];
  if (attributes.activation || (addend && sum)) return undefined;
  const added = addend ?? sum;
  return apply('BlockedConv', added ? [image!, w!, bias, added] : [image!, w!, bias], {
    ...attributes,
    ...activation,
  });
}
