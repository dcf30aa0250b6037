/**
 * Feed-forward parts of which a router chooses a few for each token (Shazeer et al., 2017), in two forms: one that differentiates, in which
 * all compute, and one that only runs, in which each computes the tokens that chose it.
 */
import { apply, applyMany, concat, constant, type Tensor } from '@gradus/engine';
import type { ExpertsConfig, FeedForwardConfig } from '../families/decoder-config.ts';
import type { LayerWeights } from './layer-weights.ts';

type Feed = (x: Tensor, config: FeedForwardConfig) => Tensor;

interface Parts {
  readonly weights: LayerWeights;
  readonly hidden: number;
  readonly feed: Feed;
}

/** Every expert sees every token, and counts as far as it was chosen: exact, and as much work as there are experts. */
export function mixture(x: Tensor, config: ExpertsConfig, parts: Parts): Tensor {
  const { experts, perToken, normalized } = config;
  const last = x.rank - 1;
  const count = experts.length;
  const { each, most } = routed(x, config, parts);
  const least = most.slice([perToken - 1], [perToken], [last]);
  const kept = each.less(least).where(0, each);
  const shares = (normalized ? kept.div(most.sum([last], true)) : kept).split(Array(count).fill(1), last);
  return withShared(
    x,
    config,
    parts,
    experts.map((expert, i) => parts.feed(x, expert).mul(shares[i]!)).reduce((sum, part) => sum.add(part)),
  );
}

/**
 * Each expert sees the tokens that chose it, and none where none did. Choices are numbered token by token; what the experts made of them is
 * brought back into that order.
 *
 * @param x [batch, time, hidden]
 */
export function chosenExperts(x: Tensor, config: ExpertsConfig, parts: Parts): Tensor {
  const { experts, perToken, normalized } = config;
  const { hidden, feed } = parts;
  const tokens = x.reshape([-1, hidden]);
  const { most, chosen } = routed(tokens, config, parts);
  const flat = chosen.reshape([-1]);
  const made = experts.map((expert, i) => {
    const choices = apply('NonZero', [flat.equal(int64(i))]).squeeze(0);
    return { choices, y: feed(tokens.gather(choices.div(int64(perToken))), expert) };
  });
  const order = concat(
    made.map(({ choices }) => choices),
    0,
  );
  const places = applyMany('TopK', [order, order.shapeTensor()], { axis: 0, largest: 0 })[1]!;
  const back = concat(
    made.map(({ y }) => y),
    0,
  ).gather(places);
  const shares = normalized ? most.div(most.sum([1], true)) : most;
  const sum = back.reshape([-1, perToken, hidden]).mul(shares.unsqueeze(2)).sum([1]);
  return withShared(x, config, parts, apply('Reshape', [sum, x.shapeTensor()]));
}

const int64 = (value: number): Tensor =>
  constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) });

/** The probability of each expert, and those that are chosen, the most probable first. */
function routed(
  x: Tensor,
  { router, experts, perToken }: ExpertsConfig,
  { weights, hidden }: Parts,
): { readonly each: Tensor; readonly most: Tensor; readonly chosen: Tensor } {
  const each = weights.table(`${router.name}.weight`, experts.length, hidden).scores(x).softmax();
  const wanted = constant({ dtype: 'int64', dims: [1], data: BigInt64Array.of(BigInt(perToken)) });
  const [most, chosen] = applyMany('TopK', [each, wanted], { axis: x.rank - 1 }) as [Tensor, Tensor];
  return { each, most, chosen };
}

/** With what all tokens go through. */
function withShared(x: Tensor, { shared }: ExpertsConfig, { weights, feed }: Parts, sum: Tensor): Tensor {
  if (!shared) return sum;
  return sum.add(feed(x, shared.feedForward).mul(weights.linear(x, shared.gate).sigmoid()));
}
