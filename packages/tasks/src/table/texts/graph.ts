/** A text column in the deployed graph: terms, their weights and the length in; the numbers that models learn from out. */
import { concat, constant, input, scalar, type Tensor } from '@gradus/engine';
import { linearLogits } from '../../text/linear.ts';
import type { TextColumn } from './text-column.ts';

export interface TextTensors {
  /** [batch, scores + 1] float32: the scores, and the length in tokens */
  readonly trees: Tensor;
  /** [batch, scores + 2] float32 */
  readonly dense: Tensor;
}

export function textTensors({ inputs, linear, means, spreads }: TextColumn): TextTensors {
  const logits = linearLogits(
    linear,
    input(inputs.terms, ['batch', inputs.terms], 'int64'),
    input(inputs.weights, ['batch', inputs.terms]),
  );
  const scores = logits.rank === 1 ? logits.unsqueeze(1) : logits;
  const length = input(inputs.length, ['batch'], 'int64').cast('float32').unsqueeze(1);
  const row = (values: readonly number[]) =>
    constant({ dtype: 'float32', dims: [1, values.length], data: Float32Array.from(values) });
  const raw = concat([scores, length.add(1).log(), length.min(scalar(1))], 1);
  return {
    trees: concat([scores, length], 1),
    dense: raw.sub(row(means)).div(row(spreads)),
  };
}
