/**
 * The graph of a decoder, one for all families (families/decoder-config.ts). Attention is a parameter: over a whole sequence, in
 * operators that differentiate; or to keys and values that are kept between calls.
 */
import { apply, applyMany, constant, type Graph, input, type Tensor } from '@gradus/engine';
import type {
  AttentionConfig,
  DecoderConfig,
  ExpertsConfig,
  FeedForwardConfig,
  RopeConfig,
} from '../families/decoder-config.ts';
import type { EncoderInputs } from './encoder.ts';
import { chosenExperts, mixture } from './experts.ts';
import type { LayerWeights } from './layer-weights.ts';
import {
  ACTIVATIONS,
  type Angles,
  anglesAt,
  attendedWhole,
  causalMask,
  normalized,
  rotated,
  UNSEEN,
} from './parts.ts';
import { isTurnedInside, rotaryTables } from './rotary-tables.ts';

/** Attention of layer `i` to what q, k and v say: [batch, time, features]. */
type Attend = (i: number, q: Tensor, k: Tensor, v: Tensor, config: AttentionConfig) => Tensor;
/** Whether attention turns queries and keys by their positions itself. */
type Turns = (rope: RopeConfig) => boolean;
/** Attention of layer `i` to what an encoder made. */
type AttendCross = (i: number, q: Tensor) => Tensor;

/** The hidden state after the last norm, [batch, time, hidden], from ids and positions [batch, time]. */
export function decoderHidden(
  config: DecoderConfig,
  weights: LayerWeights,
  {
    ids,
    positions,
    attend,
    turns = () => false,
    runs = false,
    attendCross,
    onLayer,
  }: {
    ids: Tensor;
    positions: Tensor;
    attend: Attend;
    turns?: Turns;
    /** Whether it is only run: in operators that do less work, and do not differentiate. */
    runs?: boolean;
    attendCross?: AttendCross;
    onLayer?: SequenceInputs['onLayer'];
  },
): Tensor {
  const { hidden, norm, residualFactor } = config;
  const scaled = (x: Tensor) => (residualFactor === undefined ? x : x.mul(residualFactor));
  const normAt = (x: Tensor, name: string | undefined) =>
    name === undefined ? x : normalized(x, name, norm, weights, hidden);
  const angles = anglesAt(positions);
  const turned = (rope: RopeConfig) => (turns(rope) ? undefined : angles(rope));
  let x = weights.table(config.embedding, config.vocabulary, hidden).lookup(ids);
  if (config.embeddingFactor !== undefined) x = x.mul(config.embeddingFactor);
  if (config.positions !== undefined)
    x = x.add(weights.table(config.positions, config.context, hidden).lookup(positions));
  onLayer?.(x);
  /** Not added to x yet: it may be in one pass with the norm that comes next. */
  let part: Tensor | undefined;
  const summed = (): Tensor => {
    if (part) x = x.add(part);
    part = undefined;
    return x;
  };
  const next = (name: string | undefined): Tensor => {
    if (!part || !runs || name === undefined || norm.kind !== 'rms') return normAt(summed(), name);
    const scale = weights.vector(`${name}.weight`, hidden);
    const operands = [x, part, norm.plusOne ? scale.add(1) : scale];
    const [normed, , , sum] = applyMany('SkipSimplifiedLayerNormalization', operands, {
      epsilon: { float: norm.epsilon },
    });
    [x, part] = [sum!, undefined];
    return normed!;
  };
  for (const [i, layer] of config.layers.entries()) {
    const { norms, cross } = layer;
    const seen = next(norms.beforeAttention);
    const attended = attentionOf(i, seen, layer.attention, config, weights, turned, attend);
    part = scaled(normAt(attended, norms.afterAttention));
    if (cross && attendCross) {
      const asked = weights.linear(next(cross.norm), cross.query);
      part = weights.linear(attendCross(i, asked), cross.out);
    }
    const fed = fedForward(next(norms.beforeFeedForward), layer.feedForward, config, weights, runs);
    part = scaled(normAt(fed, norms.afterFeedForward));
    if (onLayer) onLayer(summed());
  }
  return next(config.finalNorm);
}

function attentionOf(
  i: number,
  x: Tensor,
  attention: AttentionConfig,
  config: DecoderConfig,
  weights: LayerWeights,
  angles: (rope: RopeConfig) => Angles | undefined,
  attend: Attend,
): Tensor {
  const { heads, kvHeads, headSize, clip } = config;
  const { projections, norms, rope } = attention;
  const [all, own] = [heads * headSize, kvHeads * headSize];
  let [q, k, v] = (
    'fused' in projections
      ? weights.linear(x, projections.fused).split([all, own, own], 2)
      : [projections.query, projections.key, projections.value].map((of) => weights.linear(x, of))
  ) as [Tensor, Tensor, Tensor];
  if (clip !== undefined) [q, k, v] = [q, k, v].map((t) => t.clip(-clip, clip)) as [Tensor, Tensor, Tensor];
  if (norms) {
    const each = (t: Tensor, name: string, count: number) => normedHeads(t, name, count, norms.of);
    [q, k] = [each(q, norms.query, heads), each(k, norms.key, kvHeads)];
  }
  const turn = rope && angles(rope);
  if (turn) {
    [q, k] = [rotated(q, heads, headSize, turn), rotated(k, kvHeads, headSize, turn)];
  }
  return weights.linear(attend(i, q, k, v, attention), attention.out);

  function normedHeads(t: Tensor, name: string, count: number, of: 'head' | 'all'): Tensor {
    const bare = name.slice(0, -'.weight'.length);
    if (of === 'all') return normalized(t, bare, config.norm, weights, count * headSize);
    const [batch, time] = t.shape;
    const split = t.reshape([batch!, time!, count, headSize]);
    return normalized(split, bare, config.norm, weights, headSize).reshape([batch!, time!, count * headSize]);
  }
}

function fedForward(
  x: Tensor,
  of: FeedForwardConfig | ExpertsConfig,
  config: DecoderConfig,
  weights: LayerWeights,
  runs: boolean,
): Tensor {
  const feed = (x: Tensor, part: FeedForwardConfig) => feedForward(x, part, config, weights);
  if (!('experts' in of)) return feed(x, of);
  return (runs && !weights.perText ? chosenExperts : mixture)(x, of, {
    weights,
    hidden: config.hidden,
    feed,
  });
}

function feedForward(
  x: Tensor,
  { up, down }: FeedForwardConfig,
  config: DecoderConfig,
  weights: LayerWeights,
): Tensor {
  const act = ACTIVATIONS[config.activation];
  if ('plain' in up) return weights.linear(act(weights.linear(x, up.plain)), down);
  if ('gate' in up)
    return weights.linear(act(weights.linear(x, up.gate)).mul(weights.linear(x, up.up)), down);
  const half = up.gateUp.outputs / 2;
  const [gate, value] = weights.linear(x, up.gateUp).split([half, half], x.rank - 1) as [Tensor, Tensor];
  return weights.linear(act(gate).mul(value), down);
}

/** The logits of hidden states: [.., vocabulary]. */
export function decoderLogits(config: DecoderConfig, weights: LayerWeights, hidden: Tensor): Tensor {
  const { vocabulary, hidden: width, logitCap, logitFactor } = config;
  const plain = config.tied
    ? weights.table(config.embedding, vocabulary, width).scores(hidden)
    : weights.linear(hidden, {
        name: 'lm_head',
        inputs: width,
        outputs: vocabulary,
        bias: config.headBias ?? false,
      });
  const logits = logitFactor === undefined ? plain : plain.mul(logitFactor);
  return logitCap === undefined ? logits : logits.div(logitCap).tanh().mul(logitCap);
}

/** What a sequence is seen with besides its ids. */
export interface SequenceInputs {
  /** [batch, time], known sizes. */
  readonly ids: Tensor;
  /** [batch, time]; default 0, 1, 2, … */
  readonly positions: Tensor;
  /** [batch, time] of whole numbers: positions see those of their own number only, where several texts share a row. */
  readonly segments?: Tensor;
  /** Gets the hidden states before the first layer and after each. */
  onLayer?(hidden: Tensor): void;
}

/** The hidden states of whole sequences, [batch, time, hidden], in operators that differentiate. */
export function sequenceHidden(config: DecoderConfig, weights: LayerWeights, inputs: SequenceInputs): Tensor {
  const time = inputs.ids.shape[1] as number;
  const { segments } = inputs;
  const apart = segments?.unsqueeze(2).equal(segments.unsqueeze(1)).where(0, UNSEEN).unsqueeze(1, 2);
  const masks = new Map<number | undefined, Tensor>();
  const maskOf = (window: number | undefined) => {
    const known = masks.get(window);
    if (known) return known;
    const causal = causalMask(time, window);
    const mask = apart ? causal.add(apart) : causal;
    masks.set(window, mask);
    return mask;
  };
  return decoderHidden(config, weights, {
    ids: inputs.ids,
    positions: inputs.positions,
    ...(inputs.onLayer && { onLayer: inputs.onLayer }),
    attend: (_, q, k, v, { window }) => attendedWhole(q, k, v, maskOf(window), config),
  });
}

/**
 * The hidden states of whole texts of any number and length, [batch, time, hidden]: for vectors of texts. What fills a row up stands
 * behind its text, where only those see it that look ahead.
 */
export function textsHidden(
  config: DecoderConfig,
  weights: LayerWeights,
  { ids, mask, positions }: EncoderInputs,
): Tensor {
  const { heads, kvHeads, headSize, scale = headSize ** -0.5, scoreCap, looksAhead } = config;
  const behind = positions.unsqueeze(2).sub(positions.unsqueeze(1)).unsqueeze(1); // [batch, 1, time, time]
  const masks = new Map<number | undefined, Tensor>();
  const maskOf = (window: number | undefined) => {
    const hidden = looksAhead
      ? mask.unsqueeze(1, 2).add(behind.mul(0)).equal(0).where(UNSEEN, 0)
      : behind.less(0).where(UNSEEN, 0);
    const distance = looksAhead ? behind.abs() : behind;
    const known =
      masks.get(window) ??
      (window === undefined ? hidden : distance.greater(window - 1).where(UNSEEN, hidden));
    masks.set(window, known);
    return known;
  };
  return decoderHidden(config, weights, {
    ids,
    positions,
    attend: (_, q, k, v, { window }) =>
      apply('Attention', [q, k, v, maskOf(window)], {
        q_num_heads: heads,
        kv_num_heads: kvHeads,
        scale: { float: scale },
        ...(scoreCap !== undefined && { softcap: { float: scoreCap } }),
      }),
  });
}

/** The logits of whole sequences, [batch, time, vocabulary], in operators that differentiate. */
export const sequenceLogits = (
  config: DecoderConfig,
  weights: LayerWeights,
  inputs: SequenceInputs,
): Tensor => decoderLogits(config, weights, sequenceHidden(config, weights, inputs));

export const pastName = (kind: 'key' | 'value', i: number) => `past_${kind}.${i}`;
/** Of what an encoder made for layer `i`. */
export const crossName = (kind: 'key' | 'value', i: number) => `cross_${kind}.${i}`;
export const presentName = (kind: 'key' | 'value', i: number) => `present_${kind}.${i}`;

/**
 * The graph that takes a stretch of one text, with keys and values of all before in `places` kept places: (ids, positions, seen,
 * total, past) -> (logits, present). Fed the same arrays as past and present, it keeps them in place.
 *
 * @param logits of which positions: all, the last one, or those that the input `rows` names
 * @param batch texts at once, or the name of a size that is open: a token each of texts of any lengths, or a stretch of one text
 *   (the runtime's attention takes no stretches of several texts with what they keep)
 */
export function cachedGraph(
  config: DecoderConfig,
  weights: LayerWeights,
  { places, logits, batch = 1 }: { places: number; logits: 'all' | 'last' | 'rows'; batch?: number | string },
): Graph<Tensor> {
  const { heads, kvHeads, headSize, scale = headSize ** -0.5, scoreCap } = config;
  const inputs: Record<string, Tensor> = {
    ids: input('ids', [batch, 'time'], 'int64'),
    positions: input('positions', [batch, 'time'], 'int64'),
    last: input('last', [batch], 'int32'),
    total: input('total', [], 'int32'),
  };
  const outputs: Record<string, Tensor> = {};
  const turns: Turns = (rope) => isTurnedInside(rope, headSize, places);
  const tables = new Map<RopeConfig, readonly Tensor[]>();
  const tablesOf = (rope: RopeConfig) => {
    const known = tables.get(rope) ?? rotaryTables(rope, places);
    tables.set(rope, known);
    return known;
  };
  for (let i = 0; i < config.layers.length; i++)
    for (const kind of ['key', 'value'] as const)
      inputs[pastName(kind, i)] = input(pastName(kind, i), [batch, kvHeads, places, headSize]);
  const attendCross: AttendCross = (i, q) => {
    const [k, v] = (['key', 'value'] as const).map((kind) => {
      const made = input(crossName(kind, i), [batch, config.crossPlaces!, kvHeads * headSize]);
      inputs[crossName(kind, i)] = made;
      return made;
    }) as [Tensor, Tensor];
    return apply('Attention', [q, k, v], {
      q_num_heads: heads,
      kv_num_heads: kvHeads,
      scale: { float: scale },
    });
  };
  const hidden = decoderHidden(config, weights, {
    ids: inputs.ids!,
    positions: inputs.positions!,
    attendCross,
    turns,
    runs: true,
    attend: (i, q, k, v, { window, rope }) => {
      const past = [inputs[pastName('key', i)]!, inputs[pastName('value', i)]!];
      const inside = rope && turns(rope) ? tablesOf(rope) : [];
      const operands = [q, k, v, ...past, inputs.last!, inputs.total!, ...inside];
      const node = applyMany('GroupQueryAttention', operands, {
        ...(inside.length > 0 && { do_rotary: 1 }),
        num_heads: heads,
        kv_num_heads: kvHeads,
        scale: { float: scale },
        ...(window !== undefined && { local_window_size: window }),
        ...(scoreCap !== undefined && { softcap: { float: scoreCap } }),
      });
      outputs[presentName('key', i)] = node[1]!;
      outputs[presentName('value', i)] = node[2]!;
      return node[0]!;
    },
  });
  if (logits === 'rows') inputs.rows = input('rows', ['rows'], 'int64');
  const seen =
    logits === 'rows'
      ? apply('Gather', [hidden, inputs.rows!], { axis: 1 })
      : logits === 'last'
        ? hidden.slice([-1], [Number.MAX_SAFE_INTEGER], [1])
        : hidden;
  return {
    name: 'decoder',
    inputs,
    outputs: { logits: decoderLogits(config, weights, seen), ...outputs },
  };
}

/** The graph of whole sequences of known sizes: (ids) -> (logits). */
export function sequenceGraph(
  config: DecoderConfig,
  weights: LayerWeights,
  [batch, time]: readonly [number, number],
): Graph<Tensor> {
  const ids = input('ids', [batch, time], 'int64');
  const places = BigInt64Array.from({ length: batch * time }, (_, i) => BigInt(i % time));
  const positions = constant({ dtype: 'int64', dims: [batch, time], data: places });
  return {
    name: 'decoder',
    inputs: { ids },
    outputs: { logits: sequenceLogits(config, weights, { ids, positions }) },
  };
}
