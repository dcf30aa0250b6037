/**
 * A text classifier: the mean of what a linear model of terms and a few convolutional networks say, which err in
 * different places, scaled (and for two classes shifted) so that its probabilities mean what they say (Platt, 1999; Guo et
 * al., 2017). As a graph: (tokens, terms, weights) -> probability of each class.
 *
 * Two classes have one logit, of the second class; more have a logit each.
 */
import { Random } from '@gradus/base';
import { vocabularySize } from '@gradus/data';
import { concat, type Graph, type HostTensor, input, scalar, sumOf, type Tensor } from '@gradus/engine';
import { initialize, loadState } from '@gradus/nn';
import type { TextFeatures } from './features.ts';
import { type LinearModel, linearLogits } from './linear.ts';
import { TextCnn } from './text-cnn.ts';

/** Plain data. */
export interface TextModel {
  /** Names of the classes, by index. */
  readonly classes: readonly string[];
  readonly features: TextFeatures;
  readonly linear: LinearModel;
  /** Parameters of each network; none where the training data were too few for them. */
  readonly networks: readonly Readonly<Record<string, HostTensor>>[];
  /** The weight of the networks' logits, 0 to 1; the linear model has the rest. */
  readonly networkShare: number;
  /** What the logits are divided by. */
  readonly temperature: number;
  /** What is then added to the logit of two classes. */
  readonly shift: number;
}

export interface TextInputs {
  /** Without networks a graph has no input `tokens`. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** [batch] of two classes, [batch, classes] of more; calibrated. */
  readonly logits: Tensor;
}

/** The symbolic inputs of a classifier and its logits: what graphs of it are built from. */
export function textLogits(model: TextModel): TextInputs {
  const { features, networks, networkShare, temperature, shift } = model;
  const tokens = input('tokens', ['batch', 'time'], 'int64');
  const terms = input('terms', ['batch', 'terms'], 'int64');
  const weights = input('weights', ['batch', 'terms']);
  const ofTerms = linearLogits(model.linear, terms, weights);
  const mixed =
    networks.length === 0
      ? ofTerms
      : ofTerms
          .mul(1 - networkShare)
          .add(meanLogits(features, networks, tokens, model.linear.bias.length).mul(networkShare));
  const scaled = mixed.div(temperature);
  return {
    inputs: networks.length === 0 ? { terms, weights } : { tokens, terms, weights },
    logits: model.linear.bias.length === 1 ? scaled.add(shift) : scaled,
  };
}

/** Probabilities by class: float32 [batch, classes]. */
export function textGraph(model: TextModel): Graph<Tensor> {
  const { inputs, logits } = textLogits(model);
  return { name: 'text', inputs, outputs: { probabilities: probabilitiesOf(logits) } };
}

function probabilitiesOf(logits: Tensor): Tensor {
  if (logits.rank > 1) return logits.softmax();
  const second = logits.sigmoid().unsqueeze(1);
  return concat([second.neg().add(1), second], 1);
}

/** The networks' mean logits [batch], or [batch, outputs]. */
export function meanLogits(
  features: TextFeatures,
  networks: TextModel['networks'],
  tokens: Tensor,
  outputs: number,
): Tensor {
  const logits = networks.map((state, i) => {
    const network = new TextCnn({ vocabulary: vocabularySize(features.vocabulary), outputs });
    // A first trace makes the parameters; their values are then put in.
    const logit = network.forward(tokens);
    initialize(network, new Random(i));
    loadState(network, state);
    return logit;
  });
  return sumOf(logits).mul(scalar(1 / logits.length));
}
