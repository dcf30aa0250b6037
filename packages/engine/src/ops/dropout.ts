/**
 * Dropout (Srivastava et al., 2014). A traced model has ONNX's Dropout, which changes nothing in inference;
 * `trainingMode` (../transforms/training-mode.ts) puts a random mask in its place.
 */
import { GraphError } from '../errors.ts';
import { declareOps } from './registry.ts';
import { required } from './rules.ts';

declareOps({
  Dropout: {
    requiredOutputs: 1,
    infer: (inputs) => {
      const x = required(inputs, 0);
      return [
        { dtype: x.dtype, shape: x.shape },
        { dtype: 'bool', shape: x.shape },
      ];
    },
    grad: () => {
      throw new GraphError(
        'dropout is differentiated in training mode: apply trainingMode to the graph first',
      );
    },
  },
});
