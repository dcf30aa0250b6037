/**
 * The sentiment model: the mean of what a linear model of terms and a few convolutional networks say, which err in
 * different places, scaled and shifted so that its probabilities mean what they say (Platt, 1999).
 * As a graph: (tokens, terms, weights) -> probability of being satisfied.
 */

import { Random } from '@gradus/base';
import type { LogisticModel } from '@gradus/classical';
import { vocabularySize } from '@gradus/data';
import { constant, type Graph, type HostTensor, input, scalar, sumOf, type Tensor } from '@gradus/engine';
import { initialize, loadState } from '@gradus/nn';
import type { TextFeatures } from './features.ts';
import { TextCnn } from './text-cnn.ts';

/** Plain data. */
export interface SentimentModel {
  readonly features: TextFeatures;
  readonly linear: LogisticModel;
  /** Parameters of each network; none where the training data were too few for them. */
  readonly networks: readonly Readonly<Record<string, HostTensor>>[];
  /** How much of the logit is the networks', 0 to 1; the rest is the linear model's. */
  readonly networkShare: number;
  /** What the logit is divided by. */
  readonly temperature: number;
  /** What is then added. */
  readonly shift: number;
}

export function sentimentGraph({
  features,
  linear,
  networks,
  networkShare,
  temperature,
  shift,
}: SentimentModel): Graph<Tensor> {
  const tokens = input('tokens', ['batch', 'time'], 'int64');
  const terms = input('terms', ['batch', 'terms'], 'int64');
  const weights = input('weights', ['batch', 'terms']);
  const size = linear.weights.length + 1;
  const padded = new Float32Array(size);
  padded.set(linear.weights);
  const table = constant({ dtype: 'float32', dims: [size], data: padded }, 'linear.weight');
  const ofTerms = table.gather(terms).mul(weights).sum([1]).add(linear.bias);
  const logit =
    networks.length === 0
      ? ofTerms
      : ofTerms.mul(1 - networkShare).add(meanLogit(features, networks, tokens).mul(networkShare));
  return {
    name: 'sentiment',
    inputs: networks.length === 0 ? { terms, weights } : { tokens, terms, weights },
    outputs: { satisfied: logit.div(temperature).add(shift).sigmoid() },
  };
}

/** The networks' mean logit [batch]. */
export function meanLogit(
  features: TextFeatures,
  networks: SentimentModel['networks'],
  tokens: Tensor,
): Tensor {
  const logits = networks.map((state, i) => {
    const network = new TextCnn({ vocabulary: vocabularySize(features.vocabulary) });
    // A first trace makes the parameters; their values are then put in.
    const logit = network.forward(tokens);
    initialize(network, new Random(i));
    loadState(network, state);
    return logit;
  });
  return sumOf(logits).mul(scalar(1 / logits.length));
}
