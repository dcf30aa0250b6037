/**
 * ONNX Runtime's own operators for language models, in its domain `com.microsoft`: attention that keeps its keys and values in
 * place, and products with weights of a few bits. They are made for running models: training takes the standard operators.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { GraphError } from '../errors.ts';
import { intAttribute } from '../graph.ts';
import { declareOps } from './registry.ts';
import { required, typeOf } from './rules.ts';

const own = (name: string) => ({ domain: 'com.microsoft', name });

declareOps({
  /**
   * Attention of queries [batch, time, heads × size] to keys and values of groups of heads (Ainslie et al., 2023), behind those of
   * `past` [batch, groups, places, size]. Where `present` is the very array of `past`, it is written in place.
   */
  GroupQueryAttention: {
    own: own('GroupQueryAttention'),
    infer: (inputs) => [
      typeOf(required(inputs, 0)),
      typeOf(required(inputs, 3)),
      typeOf(required(inputs, 4)),
    ],
  },

  /** x [.., K] times the transposed weight [N, K], which is held in blocks of K: whole numbers of `bits` bits times a scale a block. */
  MatMulNBits: {
    own: own('MatMulNBits'),
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const inputsOfRow = intAttribute(attributes, 'K');
      if (shape.at(-1) !== inputsOfRow)
        throw new GraphError(`the last size of x must be K = ${inputsOfRow}, not ${shape.at(-1)}`);
      return [{ dtype, shape: [...shape.slice(0, -1), intAttribute(attributes, 'N')] }];
    },
  },

  /** Rows of a table that is held in blocks, as MatMulNBits holds its weight. */
  GatherBlockQuantized: {
    own: own('GatherBlockQuantized'),
    infer: (inputs, attributes) => {
      const [table, indices, scales] = [required(inputs, 0), required(inputs, 1), required(inputs, 2)];
      const perByte = table.dtype === 'uint8' ? 8 / intAttribute(attributes, 'bits', 4) : 1;
      const width = table.shape.at(-1);
      if (typeof width !== 'number') throw new GraphError('the width of the table must be known');
      return [{ dtype: scales.dtype, shape: [...indices.shape, width * perByte] }];
    },
  },
});
