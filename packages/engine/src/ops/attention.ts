/**
 * Scaled dot-product attention over several heads (Vaswani et al., 2017), with shared keys and values for groups of
 * heads (Ainslie et al., 2023), as ONNX's Attention has it; and rotary positions (Su et al., 2021).
 */
import { GraphError } from '../errors.ts';
import { type Attributes, floatAttribute, intAttribute, type Value } from '../graph.ts';
import { numericArray } from '../host-arrays.ts';
import { type Dim, plus, quotient, type Shape, showShape, sizeOf } from '../shape.ts';
import { concat, constant, scalar, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, typeOf } from './rules.ts';

/** Added to masked scores: their weights become 0. */
const MASKED = -1e30;

declareOps({
  Attention: {
    requiredOutputs: 1,
    // The seventh input, the number of keys of each sample, was added in opset 24.
    since: (inputs) => (inputs[6] ? 24 : 23),
    infer: (inputs, attributes) => {
      const [q, k, v] = [required(inputs, 0), required(inputs, 1), required(inputs, 2)];
      const [heads, kvHeads] = headsOf(q, k, attributes);
      const [, , queries] = byHeads(q, heads);
      const [batch, , keys, width] = byHeads(k, kvHeads);
      const [, , , depth] = byHeads(v, kvHeads);
      const past = inputs[4]?.shape[2];
      const total = past === undefined ? keys! : added(past, keys!);
      const y =
        q.shape.length === 3
          ? [q.shape[0]!, queries!, sizeOf([heads, depth!])]
          : [q.shape[0]!, heads, queries!, depth!];
      return [
        { dtype: q.dtype, shape: y },
        { dtype: k.dtype, shape: [batch!, kvHeads, total, width!] },
        { dtype: v.dtype, shape: [batch!, kvHeads, total, depth!] },
        { dtype: q.dtype, shape: [q.shape[0]!, heads, queries!, total] },
      ];
    },
    expand: ([q, k, v, mask, pastKey, pastValue], attributes) => {
      const [heads, kvHeads] = headsOf(q!, k!, attributes);
      const query = split(q!, heads);
      const keys = joined(pastKey, split(k!, kvHeads));
      const values = joined(pastValue, split(v!, kvHeads));
      const width = query.shape[3];
      if (typeof width !== 'number') throw new GraphError('the size of a head must be known');
      const scale = floatAttribute(attributes, 'scale', 1 / Math.sqrt(width));
      const scores = query.mul(scale).matmul(repeated(keys, heads / kvHeads).T);
      const masked = masks(scores, mask, pastKey?.shape[2] ?? 0, attributes).reduce(
        (sum, term) => sum.add(term),
        scores,
      );
      const cap = floatAttribute(attributes, 'softcap', 0);
      const capped = cap > 0 ? masked.div(cap).tanh().mul(cap) : masked;
      const weights = capped.softmax();
      const y = weights.matmul(repeated(values, heads / kvHeads));
      const mode = intAttribute(attributes, 'qk_matmul_output_mode', 0);
      const shown = [scores, masked, capped, weights][mode];
      if (!shown) throw new GraphError(`qk_matmul_output_mode ${mode}; expected 0 to 3`);
      return [q!.rank === 3 ? merged(y) : y, keys, values, shown];
    },
  },

  /** Rotates pairs of features by an angle that grows with the position (Su et al., 2021). */
  RotaryEmbedding: {
    since: 23,
    infer: (inputs) => [typeOf(required(inputs, 0))],
    expand: ([x, cosines, sines, positions], attributes) => {
      const heads = intAttribute(attributes, 'num_heads', 0);
      // [batch, heads, time, features]
      const split =
        x!.rank === 3 ? x!.reshape([x!.shape[0]!, x!.shape[1]!, heads, -1]).transpose([0, 2, 1, 3]) : x!;
      const features = split.shape[3];
      if (typeof features !== 'number') throw new GraphError('the size of a head must be known');
      const turned = intAttribute(attributes, 'rotary_embedding_dim', 0) || features;
      const interleaved = intAttribute(attributes, 'interleaved', 0) === 1;
      const angles = (cache: Tensor) => (positions ? cache.gather(positions) : cache).unsqueeze(1);
      const [cos, sin] = [angles(cosines!), angles(sines!)];
      const [starts, step] = interleaved ? [[0, 1], 2] : [[0, turned / 2], 1];
      const half = (at: number) => split.slice([at], [interleaved ? turned : at + turned / 2], [3], [step]);
      const [a, b] = [half(starts[0]!), half(starts[1]!)];
      const [real, imaginary] = [a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))];
      const pairs = interleaved
        ? concat([real.unsqueeze(-1), imaginary.unsqueeze(-1)], 4).reshape([
            ...split.shape.slice(0, 3),
            turned,
          ])
        : concat([real, imaginary], 3);
      const y = turned === features ? pairs : concat([pairs, split.slice([turned], [features], [3])], 3);
      return [x!.rank === 3 ? y.transpose([0, 2, 1, 3]).reshape(x!.shape) : y];
    },
  },
});

function headsOf(q: Value, k: Value, attributes: Attributes): [queries: number, keys: number] {
  if (q.shape.length === 4) return [q.shape[1] as number, k.shape[1] as number];
  return [intAttribute(attributes, 'q_num_heads'), intAttribute(attributes, 'kv_num_heads')];
}

/** The sizes [batch, heads, length, width of a head]. */
function byHeads({ shape }: Value, heads: number): Shape {
  if (shape.length === 4) return shape;
  const [batch, length, size] = shape;
  const width = shape.length === 3 ? quotient([size!], [heads]) : undefined;
  if (width === undefined) throw new GraphError(`${showShape(shape)} does not split into ${heads} heads`);
  return [batch!, heads, length!, width];
}

function split(x: Tensor, heads: number): Tensor {
  if (x.rank === 4) return x;
  const [batch, , length, width] = byHeads(x, heads);
  return x.reshape([batch!, length!, heads, width!]).transpose([0, 2, 1, 3]);
}

function merged(x: Tensor): Tensor {
  const [batch, heads, length, width] = x.shape;
  return x.transpose([0, 2, 1, 3]).reshape([batch!, length!, sizeOf([heads!, width!])]);
}

const joined = (past: Tensor | null | undefined, now: Tensor) => (past ? concat([past, now], 2) : now);

/** Each head `times` times: [batch, heads, ..] -> [batch, heads × times, ..]. */
function repeated(x: Tensor, times: number): Tensor {
  if (times === 1) return x;
  const [batch, heads, length, width] = x.shape;
  return x
    .unsqueeze(2)
    .tile([1, 1, times, 1, 1])
    .reshape([batch!, (heads as number) * times, length!, width!]);
}

function masks(scores: Tensor, mask: Tensor | null | undefined, past: Dim, attributes: Attributes): Tensor[] {
  const additive = mask
    ? [mask.dtype === 'bool' ? mask.where(scalar(0, scores.dtype), scalar(MASKED, scores.dtype)) : mask]
    : [];
  if (intAttribute(attributes, 'is_causal', 0) === 0) return additive;
  const [queries, keys] = [scores.shape[2], scores.shape[3]];
  if (typeof queries !== 'number' || typeof keys !== 'number' || typeof past !== 'number') {
    throw new GraphError(`lengths must be known for a causal mask, not ${showShape(scores.shape)}`);
  }
  return [...additive, causalMask(queries, keys, past, scores)];
}

/** 0 where a query may attend (its own position and earlier), a large negative number elsewhere: [queries, keys]. */
function causalMask(queries: number, keys: number, past: number, like: Tensor): Tensor {
  const values = Array.from({ length: queries * keys }, (_, i) =>
    i % keys <= Math.floor(i / keys) + past ? 0 : MASKED,
  );
  return constant({ dtype: like.dtype, dims: [queries, keys], data: numericArray(values, like.dtype) });
}

const added = (a: Dim, b: Dim): Dim =>
  typeof a === 'number' ? plus(b, a) : typeof b === 'number' ? plus(a, b) : `${a}+${b}`;
