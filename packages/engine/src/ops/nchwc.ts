/**
 * ONNX Runtime's own convolutions for CPUs, on channels in blocks: an image [batch, channels, height, width] lies in
 * memory as [batch, channels / block, height, width, block], so that one vector register holds one pixel of a block.
 * They run at twice the speed of the plain ones and more. Shapes are written as if nothing had moved.
 *
 * Used by ../transforms/block-channels.ts; what they mean is in onnxruntime/core/mlas/lib/snchwc.cpp.
 */
import { intAttribute } from '../graph.ts';
import { declareOps } from './registry.ts';
import { required, typeOf } from './rules.ts';
import { windowsOf } from './windows.ts';

const own = (name: string) => ({ domain: 'com.microsoft.nchwc', name });

declareOps({
  BlockedConv: {
    own: own('Conv'),
    infer: (inputs, attributes) => {
      const [x, w] = [required(inputs, 0), required(inputs, 1)];
      const { places } = windowsOf(attributes, x.shape, w.shape.slice(2) as number[]);
      return [{ dtype: x.dtype, shape: [x.shape[0]!, w.shape[0]!, ...places] }];
    },
  },
  /** Plain to blocked; channels are filled up with zeros to a whole block. */
  ToBlocks: { own: own('ReorderInput'), infer: (inputs) => [typeOf(required(inputs, 0))] },
  /** Blocked to plain; channels that only filled up a block are dropped. */
  FromBlocks: {
    own: own('ReorderOutput'),
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      return [{ dtype, shape: shape.with(1, intAttribute(attributes, 'channels')) }];
    },
  },
});
