/** An encoder that classifies: (ids, mask, positions, kinds) -> logits [batch, classes]. */
import { type Graph, input, type Tensor } from '@gradus/engine';
import type { EncoderConfig } from '../families/encoder-config.ts';
import { encoderHidden } from '../graph/encoder.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import type { ClassHead } from './class-head.ts';

export function classifierGraph(
  config: EncoderConfig,
  head: ClassHead,
  weights: LayerWeights,
): Graph<Tensor> {
  const whole = (name: string) => input(name, ['batch', 'time'], 'int64');
  const inputs = {
    ids: whole('ids'),
    mask: whole('mask'),
    positions: whole('positions'),
    kinds: whole('kinds'),
  };
  const hidden = encoderHidden(config, weights, inputs);
  return { name: 'classifier', inputs, outputs: { logits: head.logits(weights, hidden, inputs) } };
}
