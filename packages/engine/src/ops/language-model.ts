/**
 * ONNX Runtime's own operators for language models, in its domain `com.microsoft`: attention that keeps its keys and values in
 * place, products with weights of a few bits, and a sum with its norm.
 *
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
 */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute } from '../graph.ts';
import { apply, concat, constant, type Tensor } from '../tensor.ts';
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
    grad: ({ inputs: [, blocks, scales], attributes }, [dy]) => [
      timesWeight(dy!, blocks!, scales!, attributes),
    ],
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const inputsOfRow = intAttribute(attributes, 'K');
      if (shape.at(-1) !== inputsOfRow)
        throw new GraphError(`the last size of x must be K = ${inputsOfRow}, not ${shape.at(-1)}`);
      return [{ dtype, shape: [...shape.slice(0, -1), intAttribute(attributes, 'N')] }];
    },
  },

  /** x + skip, normed as RMSNormalization norms it: (x, skip, scale) -> (normed, nothing, nothing, sum), in one pass. */
  SkipSimplifiedLayerNormalization: {
    own: own('SkipSimplifiedLayerNormalization'),
    infer: (inputs) => {
      const { dtype, shape } = required(inputs, 0);
      const kept = { dtype: 'float32' as const, shape: [...shape.slice(0, -1), 1] };
      return [{ dtype, shape }, kept, kept, { dtype, shape }];
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

/** dy [.., N] times the weight [N, K] of a MatMulNBits, which is made real block by block. */
function timesWeight(dy: Tensor, blocks: Tensor, scales: Tensor, attributes: Attributes): Tensor {
  const [rows, perRow] = [intAttribute(attributes, 'N'), intAttribute(attributes, 'K')];
  const [bits, size] = [intAttribute(attributes, 'bits', 4), intAttribute(attributes, 'block_size')];
  const ofBlocks = [rows, perRow / size];
  const real = (codes: Tensor, middle: number, block: number) => {
    const zeros = new Uint8Array(rows * (perRow / size)).fill(middle);
    const zero = constant({ dtype: 'uint8', dims: ofBlocks, data: zeros });
    return apply('DequantizeLinear', [codes, scales.reshape(ofBlocks), zero], { axis: 1, block_size: block });
  };
  if (bits === 8) return dy.matmul(real(blocks.reshape([rows, perRow]), 128, size));
  if (bits !== 4)
    throw new GraphError(`nothing flows back through weights of ${bits} bits; of 4 and 8 it does`);
  // Always 0, but known only when the graph runs: or the runtime would take all weights apart at once, for good.
  const nothing = dy.reshape([-1]).slice([0], [1]).argmax(0, true).cast('uint8');
  const codes = apply('BitwiseOr', [blocks.reshape([rows, perRow / 2]), nothing]);
  const of = (value: number) => constant({ dtype: 'uint8', dims: [1], data: Uint8Array.of(value) });
  // Of two codes in a byte the first is in the low half: so each half is a weight of every other column.
  const halves = [
    apply('BitwiseAnd', [codes, of(15)]),
    apply('BitShift', [codes, of(4)], { direction: 'RIGHT' }),
  ].map((half) => dy.matmul(real(half, 8, size / 2)).unsqueeze(-1));
  return concat(halves, dy.rank).reshape([...dy.shape.slice(0, -1), perRow]);
}
