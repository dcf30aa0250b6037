/**
 * The gradient graph of a phase: (batch, parameters, noise) -> (loss, gradients, running statistics). The update graph
 * (update-graph.ts) is the second half of a training step; between the two lies the sum over batch shards, workers or machines.
 */
import { gradients, input, rebuild, type Tensor, trainingMode, type Value } from '@gradus/engine';
import type { Parameter } from '../../parameter.ts';
import type { Phase, TrainingStep } from '../phase.ts';
import { gradientName, nextName, parameterName } from './names.ts';
import { NoiseInputs } from './noise-inputs.ts';

export interface GradientGraph extends TrainingStep {
  /** Names of the running statistics that it changes; its outputs have their next values. */
  readonly changed: readonly string[];
}

/**
 * @param parameters of all phases
 * @param weight factor of loss and gradients: the fraction of the batch that a shard holds. The outputs of all shards then add up
 *   to those of the batch.
 */
export function gradientGraph(
  phase: Phase,
  parameters: ReadonlyMap<string, Parameter>,
  batch: Readonly<Record<string, Tensor>>,
  weight = 1,
): GradientGraph {
  const noise = new NoiseInputs();
  const { graph, changed } = gradientGraphWith(noise, phase, parameters, batch, weight);
  return { ...noise.resolved(graph), changed };
}

/** The gradient graph before its noise is resolved: several phases may share one step's noise. */
export function gradientGraphWith(
  noise: NoiseInputs,
  phase: Phase,
  parameters: ReadonlyMap<string, Parameter>,
  batch: Readonly<Record<string, Tensor>>,
  weight = 1,
): Omit<GradientGraph, 'noise'> {
  const inputs: Record<string, Tensor> = { ...batch };
  const placeholders = new Map<Value, Tensor>();
  for (const [name, parameter] of parameters) {
    inputs[parameterName(name)] = input(parameterName(name), parameter.shape);
    placeholders.set(parameter, inputs[parameterName(name)]!);
  }
  const loss = phase.loss(batch);
  const { outputs: traced, updates } = trainingMode([weight === 1 ? loss : loss.mul(weight)], {
    noise: (shape) => noise.placeholder(shape as readonly number[]),
    // Also where another phase trains it: a generator that met the discriminator's running statistics would learn to
    // deceive those, not the discriminator that judges batches.
    trains: (runningMean) => placeholders.has(runningMean),
  });
  const [value, ...statistics] = rebuild([...traced, ...updates.values()], { values: placeholders });
  const trained = [...phase.parameters].filter(([, { trainable }]) => trainable);
  const slopes = gradients(
    value!,
    trained.map(([, parameter]) => placeholders.get(parameter)!),
  );
  const nameOf = new Map<Value, string>([...parameters].map(([name, parameter]) => [parameter, name]));
  const changed = [...updates.keys()].map((statistic) => nameOf.get(statistic)!);
  return {
    graph: {
      name: 'gradients',
      inputs,
      outputs: {
        loss: value!,
        ...Object.fromEntries(trained.map(([name], i) => [gradientName(name), slopes[i]!])),
        ...Object.fromEntries(changed.map((name, i) => [nextName(parameterName(name)), statistics[i]!])),
      },
    },
    changed,
  };
}
