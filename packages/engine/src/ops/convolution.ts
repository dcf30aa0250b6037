/**
 * Convolution and its transpose over any number of spatial axes (channels first, as in ONNX), with strides,
 * dilations, groups and padding (Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016).
 *
 * Three maps are linear in each of image, kernel and output, and each is the gradient of the others:
 *
 *     forward   x, w  -> y     Conv
 *     backward  dy, w -> dx    ConvTranspose
 *     weights   x, dy -> dw    Conv of x by dy, batch and channels changing places, strides and dilations too
 */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, intsAttribute, stringAttribute, type Value } from '../graph.ts';
import { isStatic, plus, type Shape, showShape, sizeOf } from '../shape.ts';
import { apply, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, sameDType } from './rules.ts';
import { listOf, type Windows, windowAttributes, windowsOf } from './windows.ts';

declareOps({
  Conv: {
    infer: (inputs, attributes) => {
      const [x, w] = [required(inputs, 0), required(inputs, 1)];
      const windows = convolutionWindows(x.shape, w, attributes);
      return [{ dtype: sameDType(inputs.slice(0, 2)), shape: [x.shape[0]!, w.shape[0]!, ...windows.places] }];
    },
    grad: ({ inputs: [x, w, b], attributes }, [dy]) => {
      const windows = convolutionWindows(x!.shape, w!, attributes);
      const group = intAttribute(attributes, 'group', 1);
      const dx = () => backward(dy!, w!, windows, group, x!.shape);
      const dw = () => weights(x!, dy!, windows, group, w!.shape);
      return b ? [dx(), dw(), bias(dy!)] : [dx(), dw()];
    },
  },

  ConvTranspose: {
    infer: (inputs, attributes) => {
      const [x, w] = [required(inputs, 0), required(inputs, 1)];
      const { sizes } = transposedWindows(x, w, attributes);
      const channels = (w.shape[1] as number) * intAttribute(attributes, 'group', 1);
      return [{ dtype: sameDType(inputs.slice(0, 2)), shape: [x.shape[0]!, channels, ...sizes] }];
    },
    grad: ({ inputs: [x, w, b], attributes }, [dy]) => {
      const { windows } = transposedWindows(x!, w!, attributes);
      const group = intAttribute(attributes, 'group', 1);
      const dx = apply('Conv', [dy!, w!], { ...windowAttributes(windows), group });
      const dw = weights(dy!, x!, windows, group, w!.shape);
      return b ? [dx, dw, bias(dy!)] : [dx, dw];
    },
  },
});

function convolutionWindows(x: Shape, w: Value, attributes: Attributes): Windows {
  const [filters, channels, ...kernel] = w.shape;
  const group = intAttribute(attributes, 'group', 1);
  if (!isStatic(w.shape)) throw new GraphError(`a kernel must have known sizes, not ${showShape(w.shape)}`);
  if (typeof x[1] === 'number' && x[1] !== (channels as number) * group) {
    throw new GraphError(
      `${x[1]} channels in ${group} group${group > 1 ? 's' : ''} do not fit a kernel for ${channels} each`,
    );
  }
  if ((filters as number) % group !== 0)
    throw new GraphError(`${filters} filters do not split into ${group} groups`);
  return windowsOf(attributes, x, intsAttribute(attributes, 'kernel_shape', kernel as number[]));
}

/** The windows of the convolution whose transpose this is, and the spatial sizes it gives. */
export function transposedWindows(
  x: Value,
  w: Value,
  attributes: Attributes,
): { windows: Windows; sizes: Shape } {
  if (!isStatic(w.shape)) throw new GraphError(`a kernel must have known sizes, not ${showShape(w.shape)}`);
  const kernel = w.shape.slice(2);
  const spatial = x.shape.slice(2);
  if (typeof x.shape[1] === 'number' && x.shape[1] !== w.shape[0]) {
    throw new GraphError(`${x.shape[1]} channels do not fit a kernel for ${w.shape[0]}`);
  }
  const ones = kernel.map(() => 1);
  const zeros = kernel.map(() => 0);
  const strides = listOf(attributes, 'strides', ones);
  const dilations = listOf(attributes, 'dilations', ones);
  const outputPadding = intsAttribute(attributes, 'output_padding', zeros);
  const extent = kernel.map((size, i) => (size - 1) * dilations[i]! + 1);
  const full = spatial.map((size, i) =>
    typeof size === 'number'
      ? (size - 1) * strides[i]! + extent[i]! + outputPadding[i]!
      : strides[i] === 1
        ? plus(size, extent[i]! - 1 + outputPadding[i]!)
        : undefined,
  );
  const auto = stringAttribute(attributes, 'auto_pad', 'NOTSET');
  const shape = attributes.output_shape
    ? intsAttribute(attributes, 'output_shape').slice(-kernel.length)
    : auto.startsWith('SAME')
      ? spatial.map((size, i) => (typeof size === 'number' ? size * strides[i]! : size))
      : undefined;
  let [before, after] = [zeros, zeros] as [readonly number[], readonly number[]];
  if (shape && isStatic(shape) && isStatic(full as Shape)) {
    const cut = shape.map((size, i) => Math.max(0, (full[i] as number) - (size as number)));
    const small = cut.map((count) => Math.floor(count / 2));
    const large = cut.map((count, i) => count - small[i]!);
    [before, after] = auto === 'SAME_UPPER' ? [small, large] : [large, small];
  } else if (auto === 'NOTSET' || auto === '') {
    const pads = intsAttribute(attributes, 'pads', [...zeros, ...zeros]);
    [before, after] = [pads.slice(0, kernel.length), pads.slice(kernel.length)];
  }
  const sizes = full.map(
    (size, i) =>
      shape?.[i] ??
      (size === undefined
        ? `${spatial[i]}*${strides[i]}+${extent[i]! - strides[i]! - before[i]! - after[i]!}`
        : plus(size, -before[i]! - after[i]!)),
  );
  return { windows: { kernel, strides, dilations, before, after, places: spatial }, sizes };
}

/** dx of y = Conv(x, w), in the shape of x. */
function backward(dy: Tensor, w: Tensor, windows: Windows, group: number, shape: Shape): Tensor {
  const { kernel, strides, dilations, before, after, places } = windows;
  // Rows that no window reached at the end of the input get zeros.
  const padding = kernel.map((size, i) => {
    const [length, count] = [shape[i + 2]!, places[i]!];
    if (typeof length !== 'number' || typeof count !== 'number') {
      if (strides[i] === 1) return 0;
      throw new GraphError(
        `spatial sizes must be known to differentiate a strided Conv, not ${showShape(shape)}`,
      );
    }
    const reached = (count - 1) * strides[i]! + (size - 1) * dilations[i]! + 1 - before[i]! - after[i]!;
    return length - reached;
  });
  return apply('ConvTranspose', [dy, w], {
    ...windowAttributes(windows),
    group,
    output_padding: padding,
  });
}

/** dw of y = Conv(x, w), in the shape of w: [filters, channels of a group, ..kernel]. */
function weights(x: Tensor, dy: Tensor, windows: Windows, group: number, shape: Shape): Tensor {
  const { kernel, strides, dilations, before, places } = windows;
  const spatial = kernel.map((_, i) => i);
  const [batch, channels, ...lengths] = x.shape;
  if (!isStatic(lengths) || !isStatic(places)) {
    throw new GraphError(`spatial sizes must be known to differentiate Conv, not ${showShape(x.shape)}`);
  }
  // As far as the windows reached: a rest that no stride came to is cut off, as if it had never been there.
  const after = kernel.map(
    (size, i) => (places[i]! - 1) * strides[i]! + (size - 1) * dilations[i]! + 1 - lengths[i]! - before[i]!,
  );
  const cut = spatial.filter((i) => after[i]! < 0);
  const reached =
    cut.length === 0
      ? x
      : x.slice(
          cut.map(() => 0),
          cut.map((i) => after[i]!),
          cut.map((i) => i + 2),
        );
  const sizes = reached.shape.slice(2);
  const swap = [1, 0, ...spatial.map((i) => i + 2)];
  // [channels of a group, group × batch, ..]: the images of a group are the channels of its share of the batch.
  const depth = (channels as number) / group;
  const images =
    group === 1
      ? reached.transpose(swap)
      : reached
          .reshape([batch!, group, depth, ...sizes])
          .transpose([2, 1, 0, ...spatial.map((i) => i + 3)])
          .reshape([depth, sizeOf([group, batch!]), ...sizes]);
  return apply('Conv', [images, dy.transpose(swap)], {
    kernel_shape: places,
    strides: dilations,
    dilations: strides,
    pads: [...before, ...after.map((n) => Math.max(0, n))],
    group,
  })
    .transpose(swap)
    .reshape(shape);
}

/** The gradient of a bias: summed over batch and space. */
const bias = (dy: Tensor): Tensor => dy.sum(dy.shape.flatMap((_, i) => (i === 1 ? [] : [i])));
