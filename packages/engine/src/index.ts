/** Graphs of ONNX: traced, differentiated, transformed, read and written. Where they run is in ./runtime. */
import './ops/index.ts';

// Part of the engine's interface, so that this package suffices alone.
export { Random, UserError } from '@gradus/base';
export type { BatchAxis } from './analysis/batch-axis/batch-role.ts';
export { batchAxes, isMeanOverExamples, type TracedLoss } from './analysis/batch-axis/mean-over-examples.ts';
export { flopsOf } from './analysis/flops.ts';
export { sameByElement } from './analysis/same-by-element.ts';
export { isConvolutional, signatureOf } from './analysis/signature.ts';
export { DTYPES, type DType, dtypeOfOnnx, isFloat } from './dtype.ts';
export { GraphError, ModelFileError } from './errors.ts';
export { bfloatValue, halfBits, halfValue } from './float16.ts';
export {
  type Attribute,
  type Attributes,
  type Graph,
  intAttribute,
  intsAttribute,
  leavesOf,
  type Node,
  type Origin,
  topologicalOrder,
  type Value,
  withOutputs,
} from './graph.ts';
export type { HostTensor, NumericArray } from './host.ts';
export { hostTensorOf, type Numbers, numericArray } from './host-arrays.ts';
export type { Enclosure } from './onnx/enclose.ts';
export { interfaceOf, type ModelInterface, type Port } from './onnx/interface.ts';
export { readOnnx } from './onnx/read.ts';
export type { ExternalData } from './onnx/read-tensor.ts';
export { writeOnnx } from './onnx/write.ts';

export {
  readSafetensors,
  type Safetensors,
  type SafetensorsPlace,
  safetensorsElements,
  safetensorsHead,
  safetensorsPlaces,
  writeSafetensors,
} from './safetensors.ts';
export { type Dim, isStatic, type Shape, sameShape, showShape, sizeOf } from './shape.ts';

export {
  apply,
  applyMany,
  asTensor,
  concat,
  constant,
  full,
  input,
  int64,
  type ResizeOptions,
  scalar,
  sumOf,
  Tensor,
  type TensorLike,
} from './tensor.ts';
export { gradients, gradientsReaching, opsWithoutGradient } from './transforms/grad.ts';
export { withoutTransposes } from './transforms/products-of-transposes.ts';
export { type Replacement, rebuild } from './transforms/rebuild.ts';
export { type Checkpoint, recomputed } from './transforms/recompute.ts';
export { trainingMode } from './transforms/training-mode.ts';
export {
  type AskingTree,
  FINDER_BYTES,
  LEAF_BLOCK,
  LeafFinder,
  type LeafTree,
  MOST_LEAVES,
} from './trees/leaf-finder.ts';
export { MOST_THRESHOLDS, THRESHOLD_BINS_BYTES, ThresholdBins } from './trees/threshold-bins.ts';
