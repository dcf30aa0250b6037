/** The parts that decoders and encoders share: norms, activations, rotary positions, attention to a whole sequence. */
import { apply, constant, type Tensor } from '@gradus/engine';
import type { Activation, NormKind, RopeConfig } from '../families/decoder-config.ts';
import type { LayerWeights } from './layer-weights.ts';

export function normalized(
  x: Tensor,
  name: string,
  kind: NormKind,
  weights: LayerWeights,
  size: number,
): Tensor {
  const epsilon = { float: kind.epsilon };
  if (kind.kind === 'rms') {
    const weight = weights.vector(`${name}.weight`, size);
    return apply('RMSNormalization', [x, kind.plusOne ? weight.add(1) : weight], { axis: -1, epsilon });
  }
  const weight = kind.weight
    ? weights.vector(`${name}.weight`, size)
    : constant({ dtype: 'float32', dims: [size], data: new Float32Array(size).fill(1) });
  const bias = kind.bias ? [weights.vector(`${name}.bias`, size)] : [];
  return apply('LayerNormalization', [x, weight, ...bias], { axis: -1, epsilon });
}

export const ACTIVATIONS: Readonly<Record<Activation, (x: Tensor) => Tensor>> = {
  silu: (x) => x.mul(x.sigmoid()),
  gelu: (x) => x.gelu(),
  geluTanh: (x) => x.gelu('tanh'),
  /** As CLIP has it (Hendrycks and Gimpel, 2016, 2). */
  geluQuick: (x) => x.mul(x.mul(1.702).sigmoid()),
  relu: (x) => x.relu(),
};

/** Cosines and sines of positions [batch, time], each [batch, time, pairs]. */
export interface Angles {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/** Gives the angles of each kind of rotary positions in a graph, and computes them once. */
export function anglesAt(positions: Tensor): (rope: RopeConfig) => Angles {
  const known = new Map<RopeConfig, Angles>();
  return (rope) => {
    const angles = known.get(rope) ?? angleOf(positions, rope);
    known.set(rope, angles);
    return angles;
  };
}

function angleOf(positions: Tensor, { frequencies, long, factor }: RopeConfig): Angles {
  const list = (values: readonly number[]) =>
    constant({ dtype: 'float32', dims: [values.length], data: Float32Array.from(values) });
  const each = long
    ? positions
        .maximum([1], true)
        .greater(long.beyond - 1)
        .unsqueeze(-1)
        .where(list(long.frequencies), list(frequencies))
    : list(frequencies);
  const angle = positions.cast('float32').unsqueeze(-1).mul(each);
  const [cos, sin] = [angle.cos(), angle.sin()];
  return factor === 1 ? { cos, sin } : { cos: cos.mul(factor), sin: sin.mul(factor) };
}

/** x [batch, time, heads × size] with its pairs of features turned. */
export function rotated(x: Tensor, heads: number, headSize: number, { cos, sin }: Angles): Tensor {
  const turned = 2 * (cos.shape[2] as number);
  return apply('RotaryEmbedding', [x, cos, sin], {
    num_heads: heads,
    ...(turned < headSize && { rotary_embedding_dim: turned }),
  });
}

export interface Heads {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  readonly scale?: number | undefined;
  readonly scoreCap?: number | undefined;
}

/**
 * Attention of queries [batch, time, heads × size] to keys and values of a whole sequence, in operators that differentiate.
 * @param mask added to the scores, broadcast to [batch, groups, heads of a group, time, time]
 */
export function attendedWhole(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor | undefined,
  { heads, kvHeads, headSize, scale = headSize ** -0.5, scoreCap }: Heads,
): Tensor {
  const [batch, time] = q.shape as [number, number];
  const group = heads / kvHeads;
  // Heads of a group lie under one another, so that keys and values need no copies.
  const queries = q
    .mul(scale)
    .reshape([batch, time, heads, headSize])
    .transpose([0, 2, 1, 3])
    .reshape([batch, kvHeads, group * time, headSize]);
  const grouped = (x: Tensor) => x.reshape([batch, time, kvHeads, headSize]).transpose([0, 2, 1, 3]);
  let scores = queries.matmul(grouped(k).T).reshape([batch, kvHeads, group, time, time]);
  if (scoreCap !== undefined) scores = scores.div(scoreCap).tanh().mul(scoreCap);
  const attention = (mask ? scores.add(mask) : scores)
    .softmax()
    .reshape([batch, kvHeads, group * time, time]);
  return attention
    .matmul(grouped(v))
    .reshape([batch, heads, time, headSize])
    .transpose([0, 2, 1, 3])
    .reshape([batch, time, heads * headSize]);
}

/** Added to scores of what is not to be seen. */
export const UNSEEN = -1e30;

/** 0 where a position sees another, [time, time]: itself and earlier ones, `window` of them at most. */
export function causalMask(time: number, window = Number.POSITIVE_INFINITY): Tensor {
  const data = new Float32Array(time * time);
  for (let i = 0; i < time; i++)
    for (let j = 0; j < time; j++) if (j > i || j <= i - window) data[i * time + j] = UNSEEN;
  return constant({ dtype: 'float32', dims: [time, time], data });
}
