/**
 * Puts a graph into training mode:
 *
 * - dropout, which changes nothing in inference, becomes arithmetic on noise. The noise is an input of the graph, not drawn by
 *   the runtime, so that a resumed training run sees the same masks as an unbroken one;
 * - batch normalization uses the statistics of the batch, and its running statistics get new values;
 * - quantization and its undoing become one op on reals, which gradients pass straight through;
 * - ops that are differentiated by their expansion (recurrent layers, attention) are expanded, so that the backward pass
 *   shares what the forward pass computed.
 */
import { floatAttribute, type Value } from '../graph.ts';
import { constantNumbers } from '../known.ts';
import { fakeQuantized } from '../ops/quantization.ts';
import { opNamed } from '../ops/registry.ts';
import { type Shape, sizeOf } from '../shape.ts';
import { applyMany, type Tensor } from '../tensor.ts';
import { type Rules, rebuild } from './rebuild.ts';

export interface Training {
  /** Uniform numbers in [0, 1) in this shape, different for every call; they decide which elements of `of` are kept. */
  noise(shape: Shape, of: Tensor): Tensor;
  /** Whether the batch normalization with this running mean trains; others keep their fixed statistics. */
  trains?(runningMean: Value): boolean;
}

export interface Trained {
  /** The outputs in training mode. */
  readonly outputs: Tensor[];
  /** The next values of running statistics. */
  readonly updates: ReadonlyMap<Value, Tensor>;
}

export function trainingMode(outputs: readonly Tensor[], training: Training): Trained {
  const updates = new Map<Value, Tensor>();
  const rules = trainingRules(training, updates);
  const { trains = () => true } = training;
  const built = rebuild(outputs, {
    node: (node, inputs) => {
      const { grad, expand } = opNamed(node.op);
      if (!grad && expand) return expand(inputs, node.attributes);
      if (node.op === 'BatchNormalization' && !trains(node.inputs[3]!)) return undefined;
      return rules[node.op]?.(node, inputs);
    },
  });
  return { outputs: built, updates };
}

/** @param updates receives the next values of running statistics */
export function trainingRules({ noise }: Pick<Training, 'noise'>, updates: Map<Value, Tensor>): Rules {
  return {
    Dropout: (_, [x, ratio]) => {
      const drop = constantNumbers(ratio)?.[0] ?? 0.5;
      const kept = noise(x!.shape, x!).greater(drop);
      // Survivors are scaled up, so that the expected sum is the same with and without dropout.
      return [x!.mul(kept.cast(x!.dtype).mul(1 / (1 - drop))), kept];
    },
    DequantizeLinear: ({ attributes }, inputs) => {
      const y = fakeQuantized(inputs, attributes);
      return y && [y];
    },
    BatchNormalization: (node, inputs) => {
      const [x, scale, bias, mean, variance] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const epsilon = { float: floatAttribute(node.attributes, 'epsilon', 1e-5) };
      const momentum = floatAttribute(node.attributes, 'momentum', 0.9);
      const [y, batchMean, batchVariance] = applyMany(
        'BatchNormalization',
        [x, scale, bias, mean, variance],
        { epsilon, momentum: { float: 0 }, training_mode: 1 },
      );
      // The variance of what the batch was drawn from, not of the batch: n / (n − 1), as PyTorch does.
      const count = sizeOf(x.shape.toSpliced(1, 1));
      const unbiased = typeof count === 'number' && count > 1 ? count / (count - 1) : 1;
      const running = (of: Value, now: Tensor) => {
        const before = updates.get(of) ?? (of as Tensor);
        updates.set(of, before.mul(momentum).add(now.mul(1 - momentum)));
      };
      running(node.inputs[3]!, batchMean!);
      running(node.inputs[4]!, batchVariance!.mul(unbiased));
      return [y!];
    },
  };
}
