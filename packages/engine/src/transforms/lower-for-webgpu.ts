/**
 * The last transform before a graph runs on WebGPU.
 *
 * ONNX Runtime 1.30 computes wrong sums there for convolutions over 6, 9, 18, … channels, multiples of three that are none
 * of four; channels of zeros fill them up.
 */
import { intAttribute, type Value } from '../graph.ts';
import type { Tensor } from '../tensor.ts';
import { apply } from '../tensor.ts';
import { addedInOrder } from './added-in-order.ts';
import { type Rules, rebuild } from './rebuild.ts';

export const lowerForWebGpu = (outputs: readonly Value[]): Tensor[] =>
  rebuild(outputs, { node: (node, inputs) => WEBGPU_RULES[node.op]?.(node, inputs) });

export const WEBGPU_RULES: Rules = {
  ScatterND: addedInOrder,
  Conv: ({ attributes }, [x, w, ...bias]) => {
    const channels = x?.shape[1];
    if (typeof channels !== 'number' || intAttribute(attributes, 'group', 1) !== 1) return undefined;
    if (channels <= 3 || channels % 3 !== 0 || channels % 4 === 0) return undefined;
    const missing = 4 - (channels % 4);
    const filled = (t: Tensor) => {
      const none = t.shape.map(() => 0);
      return t.pad(none, none.with(1, missing));
    };
    return [apply('Conv', [filled(x!), filled(w!), ...bias], attributes)];
  },
};
