/**
 * ONNX Runtime's own convolutions for CPUs, on channels in blocks: an image [batch, channels, height, width] lies in
 * memory as [batch, channels / block, height, width, block], so that one vector register holds one pixel of a block.
 * They run at twice the speed of the plain ones and more. Shapes are those of the plain layout.
 *
 * Used by ../transforms/block-channels.ts; what they mean is in onnxruntime/core/mlas/lib/snchwc.cpp.
 */
import { intAttribute, intsAttribute } from '../graph.ts';
import { sizeOf } from '../shape.ts';
import { declareOps, type Op } from './registry.ts';
import { required, typeOf } from './rules.ts';
import { windowsOf } from './windows.ts';

const own = (name: string) => ({ domain: 'com.microsoft.nchwc', name });

const inferPooled: Op['infer'] = (inputs, attributes) => {
  const { dtype, shape } = required(inputs, 0);
  const { places } = windowsOf(attributes, shape, intsAttribute(attributes, 'kernel_shape'));
  return [{ dtype, shape: [shape[0]!, shape[1]!, ...places] }];
};

declareOps({
  /** As Conv, with two additions: the fourth input is an image that is added, and `activation` is applied after that. */
  BlockedConv: {
    own: own('Conv'),
    infer: (inputs, attributes) => {
      const [x, w] = [required(inputs, 0), required(inputs, 1)];
      const { places } = windowsOf(attributes, x.shape, w.shape.slice(2) as number[]);
      return [{ dtype: x.dtype, shape: [x.shape[0]!, w.shape[0]!, ...places] }];
    },
  },
  /** The mean of each channel of each image: [batch, channels, 1, 1]. */
  BlockedGlobalAveragePool: {
    own: own('GlobalAveragePool'),
    infer: (inputs) => {
      const { dtype, shape } = required(inputs, 0);
      return [{ dtype, shape: shape.map((size, i) => (i < 2 ? size : 1)) }];
    },
  },
  BlockedMaxPool: { own: own('MaxPool'), infer: inferPooled },
  BlockedAveragePool: { own: own('AveragePool'), infer: inferPooled },
  /** Every pixel repeated `scales` times along each axis. */
  BlockedUpsample: {
    own: own('Upsample'),
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const scales = intsAttribute(attributes, 'scales');
      return [{ dtype, shape: shape.map((size, i) => sizeOf([size, scales[i]!])) }];
    },
  },
  /** Plain to blocked; channels are padded with zeros to a whole block. */
  ToBlocks: { own: own('ReorderInput'), infer: (inputs) => [typeOf(required(inputs, 0))] },
  /** Blocked to plain; padding channels are dropped. */
  FromBlocks: {
    own: own('ReorderOutput'),
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      return [{ dtype, shape: shape.with(1, intAttribute(attributes, 'channels')) }];
    },
  },
});
