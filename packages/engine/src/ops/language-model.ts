/**
 * ONNX Runtime's own operators for language models, in its domain `com.microsoft`: attention that keeps its keys and values in
 * place, and products with weights of a few bits.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { GraphError } from '../errors.ts';
import { intAttribute } from '../graph.ts';
import { apply, int64 } from '../tensor.ts';
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

  /**
   * x [.., K] times the transposed weight [N, K], which is held in blocks of K: whole numbers of `bits` bits times a scale a block. What
   * flows back to x takes the weight in reals, which is made of the blocks where it is needed: it is in memory for this product alone.
   */
  MatMulNBits: {
    own: own('MatMulNBits'),
    grad: ({ inputs: [, blocks, scales], attributes }, [dy]) => {
      const [rows, perRow] = [intAttribute(attributes, 'N'), intAttribute(attributes, 'K')];
      const bits = intAttribute(attributes, 'bits', 4);
      const size = intAttribute(attributes, 'block_size');
      // Always 0, but known only when the graph runs: or the runtime would make all weights real at once, for good.
      const zero = dy!.reshape([-1]).slice([0], [1]).argmax(0, true);
      const table = blocks!.reshape([rows, (perRow * bits) / 8]);
      const every = int64(Array.from({ length: rows }, (_, i) => i)).add(zero);
      const weight = apply('GatherBlockQuantized', [table, every, scales!.reshape([rows, perRow / size])], {
        bits,
        block_size: size,
        gather_axis: 0,
        quantize_axis: 1,
      });
      return [dy!.matmul(weight)];
    },
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
