/** A text column in the deployed graph: terms, their weights, the length and what an encoder says in; the numbers that models learn from out. */
import { concat, constant, input, scalar, type Tensor } from '@gradus/engine';
import { linearLogits } from '../../text/linear.ts';
import type { TextColumn } from './text-column.ts';
import type { VectorScores } from './text-vectors.ts';

export interface TextTensors {
  /** [batch, scores + 1] float32: the scores, and the length in tokens */
  readonly trees: Tensor;
  /** [batch, scores + 2] float32 */
  readonly dense: Tensor;
}

export function textTensors({ inputs, linear, vectors, means, spreads }: TextColumn): TextTensors {
  const logits = linearLogits(
    linear,
    input(inputs.terms, ['batch', inputs.terms], 'int64'),
    input(inputs.weights, ['batch', inputs.terms]),
  );
  const length = input(inputs.length, ['batch'], 'int64').cast('float32').unsqueeze(1);
  const row = (values: readonly number[]) =>
    constant({ dtype: 'float32', dims: [1, values.length], data: Float32Array.from(values) });
  const ofTerms = logits.rank === 1 ? logits.unsqueeze(1) : logits;
  const scores = vectors ? ofTerms.add(added(vectors)) : ofTerms;
  const raw = concat([scores, length.add(1).log(), length.min(scalar(1))], 1);
  return {
    trees: concat([scores, length], 1),
    dense: raw.sub(row(means)).div(row(spreads)),
  };

  function added({ center, scale, weights }: VectorScores): Tensor {
    const dimensions = center.length;
    const table = constant({ dtype: 'float32', dims: [dimensions, linear.bias.length], data: weights });
    const vector = input(inputs.vector!, ['batch', dimensions]);
    return vector
      .sub(row(center))
      .div(row(scale))
      .matmul(table)
      .mul(length.min(scalar(1)));
  }
}
