/**
 * A training step in two graphs, gradients and update, with room for a sum between them: of parts of a batch that were worked
 * on at the same time.
 */
import {
  type Graph,
  gradients,
  input,
  rebuild,
  sumOf,
  type Tensor,
  type TracedLoss,
  trainingMode,
  type Value,
} from '@gradus/engine';
import type { Parameter } from '../parameter.ts';
import { Noise } from './noise.ts';
import {
  gradientName,
  nextName,
  type Phase,
  parameterName,
  scalarName,
  stateName,
  type TrainingStep,
} from './phase.ts';

/** The first half of a phase's step, and what of it is known beforehand. */
export interface GradientHalf extends TrainingStep {
  /** Names of the statistics that it changes; its outputs have their next values. */
  readonly changed: readonly string[];
}

/**
 * The first half of a phase's step: (batch, parameters, noise) -> (loss, gradients, statistics), loss and gradients as `share`
 * of what they are. Halves of parts of a batch add up to the whole's.
 *
 * @param parameters of all phases
 */
export function gradientHalf(
  phase: Phase,
  parameters: ReadonlyMap<string, Parameter>,
  batch: Readonly<Record<string, Tensor>>,
  share: number,
): GradientHalf {
  const noise = new Noise();
  const { graph, changed } = phaseGradients(phase, parameters, batch, share, noise);
  return { ...noise.settled(graph), changed };
}

/** A gradient half whose noise is not settled yet: that of other phases may be part of the same step's. */
export function phaseGradients(
  phase: Phase,
  parameters: ReadonlyMap<string, Parameter>,
  batch: Readonly<Record<string, Tensor>>,
  share: number,
  noise: Noise,
): Omit<GradientHalf, 'noise'> {
  const inputs: Record<string, Tensor> = { ...batch };
  const placeholders = new Map<Value, Tensor>();
  for (const [name, parameter] of parameters) {
    inputs[parameterName(name)] = input(parameterName(name), parameter.shape);
    placeholders.set(parameter, inputs[parameterName(name)]!);
  }
  const loss = phase.loss(batch);
  const { outputs: traced, updates } = trainingMode([share === 1 ? loss : loss.mul(share)], {
    noise: (shape) => noise.take(shape as readonly number[]),
    // Also where another phase trains it: a generator that met the discriminator's running statistics would learn to
    // deceive those, not the discriminator that judges batches.
    trains: (runningMean) => placeholders.has(runningMean),
  });
  const [value, ...statistics] = rebuild([...traced, ...updates.values()], { values: placeholders });
  const learned = [...phase.parameters].filter(([, { trainable }]) => trainable);
  const slopes = gradients(
    value!,
    learned.map(([, parameter]) => placeholders.get(parameter)!),
  );
  const nameOf = new Map<Value, string>([...parameters].map(([name, parameter]) => [parameter, name]));
  const changed = [...updates.keys()].map((statistic) => nameOf.get(statistic)!);
  return {
    graph: {
      name: 'gradients',
      inputs,
      outputs: {
        loss: value!,
        ...Object.fromEntries(learned.map(([name], i) => [gradientName(name), slopes[i]!])),
        ...Object.fromEntries(changed.map((name, i) => [nextName(parameterName(name)), statistics[i]!])),
      },
    },
    changed,
  };
}

/**
 * The second half: (parameters, gradients of parts, state, scalars) -> (parameters, state).
 *
 * @param shapes of what is changed, by names of one's own: the parameters, or pieces of them
 */
export function updateHalf(
  { name: phase, optimizer, clipNorm }: Pick<Phase, 'name' | 'optimizer' | 'clipNorm'>,
  shapes: ReadonlyMap<string, readonly number[]>,
  parts: number,
): Graph<Tensor> {
  const inputs: Record<string, Tensor> = {};
  const placeholder = (name: string, shape: readonly number[]) => {
    inputs[name] = input(name, shape);
    return inputs[name];
  };
  const scalars = Object.fromEntries(
    Object.keys(optimizer.scalars(1)).map((key) => [key, placeholder(scalarName(phase, key), [])]),
  );
  const sums = [...shapes].map(([name, shape]) =>
    sumOf(Array.from({ length: parts }, (_, k) => placeholder(gradientName(`${k}:${name}`), shape))),
  );
  const slopes = clipNorm === undefined ? sums : clip(sums, clipNorm);
  const outputs: Record<string, Tensor> = {};
  for (const [i, [name, shape]] of [...shapes].entries()) {
    const state = Object.fromEntries(
      optimizer.state.map((slot) => [slot, placeholder(stateName(slot, name), shape)]),
    );
    const next = optimizer.update(placeholder(parameterName(name), shape), slopes[i]!, state, scalars);
    outputs[nextName(parameterName(name))] = next.parameter;
    for (const slot of optimizer.state) outputs[nextName(stateName(slot, name))] = next.state[slot]!;
  }
  return { name: 'update', inputs, outputs };
}

/** Gradients made smaller where their norm over all parameters is larger than `most`. */
function clip(slopes: readonly Tensor[], most: number): Tensor[] {
  const norm = sumOf(slopes.map((slope) => slope.mul(slope).sum())).sqrt();
  const share = norm.add(1e-6).reciprocal().mul(most).min(1);
  return slopes.map((slope) => slope.mul(share));
}

/** A loss in training mode, as it is judged whether parts of its batch can be worked on apart. */
export function tracedLoss({ loss, parameters }: Phase, batch: Readonly<Record<string, Tensor>>): TracedLoss {
  const noise: Tensor[] = [];
  const known = new Set<Value>(parameters.values());
  const { outputs } = trainingMode([loss(batch)], {
    noise: (shape) => {
      noise.push(input(`noise:${noise.length}`, shape));
      return noise.at(-1)!;
    },
    trains: (runningMean) => known.has(runningMean),
  });
  return { loss: outputs[0]!, batch: Object.values(batch), noise };
}
