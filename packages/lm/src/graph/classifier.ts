/** What a classifier of texts puts on an encoder: (ids, mask, positions, kinds) -> logits [batch, labels]. */
import { type Graph, input, type Tensor } from '@gradus/engine';
import type { ClassifierHead, EncoderConfig } from '../families/encoder-config.ts';
import { encoderHidden, pooled } from './encoder.ts';
import type { LayerWeights } from './layer-weights.ts';
import { ACTIVATIONS, normalized } from './parts.ts';

export function classifierGraph(
  config: EncoderConfig,
  head: ClassifierHead,
  labels: number,
  weights: LayerWeights,
): Graph<Tensor> {
  const whole = (name: string) => input(name, ['batch', 'time'], 'int64');
  const inputs = {
    ids: whole('ids'),
    mask: whole('mask'),
    positions: whole('positions'),
    kinds: whole('kinds'),
  };
  const { hidden } = config;
  const { dense, norm } = head;
  const hiddenStates = encoderHidden(config, weights, inputs);
  let x = pooled(hiddenStates, inputs.mask, head.pooling, false);
  x = weights.linear(x, { name: dense.name, inputs: hidden, outputs: hidden, bias: dense.bias });
  x = dense.activation === 'tanh' ? x.tanh() : ACTIVATIONS[dense.activation](x);
  if (norm !== undefined) x = normalized(x, norm, config.norm, weights, hidden);
  const logits = weights.linear(x, { name: head.out, inputs: hidden, outputs: labels, bias: true });
  return { name: 'classifier', inputs, outputs: { logits } };
}
