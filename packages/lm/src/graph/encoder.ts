/** The graph of an encoder: (ids, mask, positions) -> hidden states [batch, time, hidden]. */
import { apply, constant, type Tensor } from '@gradus/engine';
import type { DecoderConfig, RopeConfig } from '../families/decoder-config.ts';
import type { EncoderConfig, EncoderLayer } from '../families/encoder-config.ts';
import type { LayerWeights } from './layer-weights.ts';
import { ACTIVATIONS, type Angles, anglesAt, normalized, rotated, UNSEEN } from './parts.ts';

export interface EncoderInputs {
  /** [batch, time] of int64. */
  readonly ids: Tensor;
  /** [batch, time] of int64: 1 for tokens, 0 for padding. */
  readonly mask: Tensor;
  /** [batch, time] of int64. */
  readonly positions: Tensor;
  /** Gets the hidden states before the first layer and after each. */
  onLayer?(hidden: Tensor): void;
  /** [batch, time] of int64: which text of a pair a token is of. Default: the first. */
  readonly kinds?: Tensor;
}

export function encoderHidden(
  config: EncoderConfig,
  weights: LayerWeights,
  { ids, mask, positions, kinds = ids.mul(0), onLayer }: EncoderInputs,
): Tensor {
  const { hidden, embeddings, distances, causal = false } = config;
  const norm = (x: Tensor, name: string) => normalized(x, name, config.norm, weights, hidden);
  const angles = anglesAt(positions);
  const padding = mask.equal(0).where(UNSEEN, 0).unsqueeze(1, 2); // [batch, 1, 1, time]
  const near = new Map<number, Tensor>();
  const byDistance = distances && distanceScores(config, weights, positions);
  const seenBy = ({ reach }: EncoderLayer): Tensor => {
    const known = near.get(reach ?? -1);
    if (known) return known;
    const ahead = positions.unsqueeze(1).sub(positions.unsqueeze(2)).unsqueeze(1);
    // [batch, 1, time, time], as the operator takes it.
    const far = causal
      ? ahead.greater(0).where(UNSEEN, 0)
      : ahead
          .abs()
          .greater(reach ?? Number.MAX_SAFE_INTEGER)
          .where(UNSEEN, 0);
    const both = byDistance ? far.add(padding).add(byDistance) : far.add(padding);
    near.set(reach ?? -1, both);
    return both;
  };
  let x = weights.table(embeddings.tokens, config.vocabulary, hidden).lookup(ids);
  if (embeddings.kinds)
    x = x.add(weights.table(embeddings.kinds.name, embeddings.kinds.rows, hidden).lookup(kinds));
  if (embeddings.positions)
    x = x.add(weights.table(embeddings.positions.name, embeddings.positions.rows, hidden).lookup(positions));
  if (embeddings.norm !== undefined) x = norm(x, embeddings.norm);
  onLayer?.(x);
  x = encoderLayers(x, config, weights, { seenBy, angles, ...(onLayer && { onLayer }) });
  return config.finalNorm === undefined ? x : norm(x, config.finalNorm);
}

/** What distances add to the scores: [batch, heads, time, time]. */
function distanceScores(
  { distances, heads, context }: EncoderConfig,
  weights: LayerWeights,
  positions: Tensor,
): Tensor {
  const { name, buckets, bucketOf } = distances!;
  // Padding stands one before the first position.
  const data = BigInt64Array.from({ length: 2 * context + 1 }, (_, i) => BigInt(bucketOf(i - context)));
  const known = constant({ dtype: 'int64', dims: [data.length], data });
  const distance = positions.unsqueeze(1).sub(positions.unsqueeze(2));
  const rows = apply('Gather', [known, distance.add(context)], { axis: 0 });
  return weights.table(name, buckets, heads).lookup(rows).transpose([0, 3, 1, 2]);
}

/** What layers that see a sequence as a whole are made of. */
export type LayersConfig = Pick<EncoderConfig, 'hidden' | 'heads' | 'norm' | 'activation' | 'layers'>;

/** [batch, time, hidden] through all layers. Without `seenBy` every place sees every other. */
export function encoderLayers(
  x: Tensor,
  { hidden, heads, norm: kind, activation, layers }: LayersConfig,
  weights: LayerWeights,
  {
    seenBy,
    angles,
    onLayer,
  }: {
    /** Added to the scores, [batch, 1, time, time]. */
    readonly seenBy?: (layer: EncoderLayer) => Tensor;
    readonly angles?: (rope: RopeConfig) => Angles;
    readonly onLayer?: EncoderInputs['onLayer'];
  } = {},
): Tensor {
  const headSize = hidden / heads;
  const norm = (x: Tensor, name: string) => normalized(x, name, kind, weights, hidden);
  const act = ACTIVATIONS[activation];
  for (const layer of layers) {
    const before = layer.normsStand === 'before';
    const given = before && layer.attentionNorm ? norm(x, layer.attentionNorm) : x;
    const sum = x.add(weights.linear(attention(given, layer), layer.out));
    x = before || !layer.attentionNorm ? sum : norm(sum, layer.attentionNorm);
    const fed = x.add(weights.linear(inner(before ? norm(x, layer.feedForwardNorm) : x, layer), layer.down));
    x = before ? fed : norm(fed, layer.feedForwardNorm);
    onLayer?.(x);
  }
  return x;

  function attention(given: Tensor, layer: EncoderLayer): Tensor {
    const { projections, rope } = layer;
    const [q, k, v] = (
      'fused' in projections
        ? weights.linear(given, projections.fused).split([hidden, hidden, hidden], 2)
        : [projections.query, projections.key, projections.value].map((of) => weights.linear(given, of))
    ) as [Tensor, Tensor, Tensor];
    const turn = (t: Tensor) => (rope && angles ? rotated(t, heads, headSize, angles(rope)) : t);
    return apply('Attention', [turn(q), turn(k), v, ...(seenBy ? [seenBy(layer)] : [])], {
      q_num_heads: heads,
      kv_num_heads: heads,
      scale: { float: headSize ** -0.5 },
    });
  }

  function inner(given: Tensor, { up, gated, gate }: EncoderLayer): Tensor {
    const wide = weights.linear(given, up);
    if (gate) return act(weights.linear(given, gate)).mul(wide);
    if (!gated) return act(wide);
    const half = up.outputs / 2;
    const [value, factor] = wide.split([half, half], 2) as [Tensor, Tensor];
    return act(value).mul(factor);
  }
}

export type Pooling = 'cls' | 'mean' | 'max' | 'last';

/** One vector for each text, [batch, hidden]. */
export function pooled(hidden: Tensor, mask: Tensor, pooling: Pooling, normalize: boolean): Tensor {
  const counts = mask.cast('float32').unsqueeze(-1); // [batch, time, 1]
  const each = {
    cls: () => hidden.slice([0], [1], [1]).squeeze(1),
    mean: () =>
      hidden
        .mul(counts)
        .sum([1])
        .div(counts.sum([1]).max(1e-9)),
    // Where the next is none.
    last: () =>
      hidden
        .mul(counts.sub(counts.slice([1], [Number.MAX_SAFE_INTEGER], [1]).pad([0, 0, 0], [0, 1, 0])))
        .sum([1]),
    max: () => counts.equal(0).where(UNSEEN, hidden).maximum([1]),
  }[pooling]();
  return normalize ? ofLengthOne(each) : each;
}

/** [batch, features] */
export const ofLengthOne = (vectors: Tensor): Tensor =>
  vectors.div(vectors.square().sum([1], true).sqrt().max(1e-12));

/** Positions of padded texts, row by row: as many as there are tokens, from the family's first on. */
export function positionsOf(
  config: Pick<EncoderConfig, 'embeddings'> | DecoderConfig,
  mask: readonly number[],
  time: number,
): BigInt64Array {
  const first = 'embeddings' in config ? (config.embeddings.positions?.first ?? 0) : 0;
  // RoBERTa's padding has the position before the first.
  const padding = BigInt(Math.max(0, first - 1));
  return BigInt64Array.from(mask, (flag, i) =>
    flag === 1 || first === 0 ? BigInt(first + (i % time)) : padding,
  );
}
