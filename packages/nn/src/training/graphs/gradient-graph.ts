/**
 * The gradient graph of a phase: (batch, parameters, noise) -> (loss, gradients, running statistics). The update graph
 * (update-graph.ts) is the second half of a training step; between the two lies the sum over batch shards, workers or machines.
 */
import {
  full,
  gradientsReaching,
  input,
  rebuild,
  recomputed,
  type Tensor,
  trainingMode,
  type Value,
} from '@gradus/engine';
import type { Parameter } from '../../parameter.ts';
import type { Phase, TrainingStep } from '../phase.ts';
import { traceLoss } from '../trace-loss.ts';
import { gradientName, nextName, parameterName } from './names.ts';
import { NoiseInputs, type ShardNoise } from './noise-inputs.ts';
import { checkFound, nothingReached } from './unreached.ts';

export interface GradientGraph extends TrainingStep {
  /** Names of the running statistics that it changes; its outputs have their next values. */
  readonly changed: readonly string[];
}

/**
 * @param parameters of all phases
 * @param weight factor of loss and gradients: the fraction of the batch that a shard holds. The outputs of all shards then add up
 *   to those of the batch.
 * @param shard where a shard's noise lies in that of the batch; default: `batch` is whole
 */
export function gradientGraph(
  phase: Phase,
  parameters: ReadonlyMap<string, Parameter>,
  batch: Readonly<Record<string, Tensor>>,
  weight = 1,
  shard?: ShardNoise,
): GradientGraph {
  const noise = new NoiseInputs(shard);
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
  const loss = traceLoss(phase, batch);
  checkFound(phase, loss, parameters);
  const between = phase.checkpoints?.() ?? [];
  const { outputs: traced, updates } = trainingMode([weight === 1 ? loss : loss.mul(weight), ...between], {
    noise: (shape) => noise.placeholder(shape as readonly number[]),
    // Also where another phase trains it: a generator that met the discriminator's running statistics would learn to
    // deceive those, not the discriminator that judges batches.
    trains: (runningMean) => placeholders.has(runningMean) && !(runningMean as Parameter).frozen,
  });
  const [value, ...others] = rebuild([...traced, ...updates.values()], { values: placeholders });
  const [kept, statistics] = [others.slice(0, between.length), others.slice(between.length)];
  const trained = [...phase.parameters].filter(([, { trainable }]) => trainable);
  const reached = slopesOf(
    value!,
    trained.map(([, parameter]) => placeholders.get(parameter)!),
    kept,
  );
  if (reached.every((slope) => slope === undefined)) {
    throw nothingReached(
      phase,
      value!,
      trained.map(([, parameter]) => placeholders.get(parameter)!),
    );
  }
  const slopes = reached.map((slope, i) => slope ?? full(0, placeholders.get(trained[i]![1])!));
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

/** Gradients, with what lies between `kept` values computed again. */
function slopesOf(
  loss: Tensor,
  parameters: readonly Tensor[],
  kept: readonly Tensor[],
): (Tensor | undefined)[] {
  const found = gradientsReaching(loss, [...parameters, ...kept]);
  const slopes = found.slice(0, parameters.length);
  const checkpoints = kept.flatMap((value, i) => {
    const gradient = found[parameters.length + i];
    return gradient ? [{ value, gradient }] : [];
  });
  const present = slopes.filter((slope) => slope !== undefined);
  const again = recomputed(loss, present, checkpoints);
  const byOld = new Map(present.map((slope, i) => [slope, again[i]!]));
  return slopes.map((slope) => slope && byOld.get(slope));
}
