/**
 * Padding `same`, as TensorFlow, Keras and ONNX (SAME_UPPER) have it: as many places as strides fit into the axis, rounded up;
 * where the padding is odd, the longer part comes after. With strides it depends on the size of the axis.
 */
import { type Attributes, type Dim, GraphError, showShape } from '@gradus/engine';

export interface Geometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** @returns the attributes of Conv and pooling for axes of these sizes. @throws GraphError where they must be known */
export function samePadding(sizes: readonly Dim[], { kernel, strides, dilations }: Geometry): Attributes {
  const totals = sizes.map((size, i) => {
    const extent = (kernel[i]! - 1) * dilations[i]! + 1;
    if (strides[i] === 1) return extent - 1;
    if (typeof size === 'string') return undefined;
    return Math.max(0, (Math.ceil(size / strides[i]!) - 1) * strides[i]! + extent - size);
  });
  if (totals.every((total) => total !== undefined)) return { pads: halves(totals) };
  if (dilations.every((step) => step === 1)) return { auto_pad: 'SAME_UPPER' };
  throw new GraphError(
    `padding "same" with a stride and a dilation depends on sizes, and ${showShape(sizes)} are not known; give them, or pad by a number`,
  );
}

/** Of a transposed convolution: the places are the axis times the stride. */
export function samePaddingTransposed({ kernel, strides, dilations }: Geometry): Attributes {
  const surplus = kernel.map((size, i) => (size - 1) * dilations[i]! + 1 - strides[i]!);
  return {
    pads: halves(surplus.map((count) => Math.max(0, count))),
    output_padding: surplus.map((count) => Math.max(0, -count)),
  };
}

const halves = (totals: readonly number[]): number[] => {
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, i) => total - before[i]!)];
};
