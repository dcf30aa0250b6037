/** Sums that are the same in every run. */
import { stringAttribute } from '../graph.ts';
import { addElements } from '../ops/scatter-add.ts';
import type { Tensor } from '../tensor.ts';
import type { Rule } from './rebuild.ts';

/**
 * ScatterND that adds slices, as ScatterElements: ONNX Runtime computes this in order, while several threads of its ScatterND
 * add to the same element at once, so that sums differ from run to run.
 */
export const addedInOrder: Rule = ({ attributes }, inputs) => {
  const [x, indices, updates] = inputs as readonly [Tensor, Tensor, Tensor];
  const slices = indices.rank === 2 && indices.shape[1] === 1;
  if (!slices || stringAttribute(attributes, 'reduction', 'none') !== 'add') return undefined;
  return [addElements(x, indices.reshape([-1]), updates, 0)];
};
