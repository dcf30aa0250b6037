/**
 * One training step as one graph: (batch, parameters, state, scalars, noise) -> (parameters, state, loss).
 *
 * The loss is traced, put into training mode, its parameters turned from constants into inputs, differentiated, and
 * joined with the optimizer's update. A step is then one call of the runtime, whatever the model.
 */
import {
  apply,
  applyMany,
  type Graph,
  gradients,
  input,
  int64,
  rebuild,
  sumOf,
  type Tensor,
  type TracedLoss,
  trainingMode,
  type Value,
} from '@gradus/engine';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Parameter } from '../parameter.ts';

/** Names of the graph's inputs and outputs. */
export const parameterName = (name: string) => `parameter:${name}`;
export const stateName = (slot: string, name: string) => `${slot}:${name}`;
export const scalarName = (phase: string, name: string) => `scalar:${phase}:${name}`;
export const nextName = (name: string) => `next:${name}`;
export const gradientName = (name: string) => `gradient:${name}`;
export const NOISE_POOL = 'noise:pool';
export const NOISE_START = 'noise:start';

export interface TrainingStep {
  readonly graph: Graph<Tensor>;
  /** How many random numbers a step takes from NOISE_POOL, beginning at NOISE_START; 0: the model uses none. */
  readonly noise: number;
}

/** One loss and the parameters that are changed to make it smaller. */
export interface Phase {
  /** The name of the loss among the graph's outputs. */
  readonly name: string;
  /** Traces the loss of a batch. */
  loss(batch: Readonly<Record<string, Tensor>>): Tensor;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly optimizer: Optimizer;
  /** Gradients whose norm over all parameters is larger are made this large (Pascanu, Mikolov and Bengio, 2013). */
  readonly clipNorm?: number;
}

/**
 * @param loss Traces the loss of a batch.
 * @param batch Placeholders of the batch, all sizes known.
 */
export function trainingStep(
  loss: (batch: Readonly<Record<string, Tensor>>) => Tensor,
  batch: Readonly<Record<string, Tensor>>,
  parameters: ReadonlyMap<string, Parameter>,
  optimizer: Optimizer,
): TrainingStep {
  return trainingPhases([{ name: 'loss', loss, parameters, optimizer }], batch);
}

/**
 * A step of several losses in turn, each seeing what the ones before it changed: a GAN's discriminator, then its generator.
 * The names of all parameters must differ.
 */
export function trainingPhases(
  phases: readonly Phase[],
  batch: Readonly<Record<string, Tensor>>,
): TrainingStep {
  const noise = new Noise();
  const inputs: Record<string, Tensor> = { ...batch };
  const placeholder = (name: string, shape: Tensor['shape']) => {
    inputs[name] ??= input(name, shape);
    return inputs[name];
  };
  // Each phase is traced and differentiated on placeholders, so that no gradient flows through an earlier phase.
  const placeholders = new Map<Value, Tensor>();
  const current = new Map<Value, Tensor>();
  for (const { parameters } of phases) {
    for (const [name, parameter] of parameters) {
      const fed = placeholder(parameterName(name), parameter.shape);
      placeholders.set(parameter, fed);
      current.set(fed, fed);
    }
  }
  const outputs: Record<string, Tensor> = {};
  for (const { name, loss, parameters, optimizer, clipNorm } of phases) {
    const { outputs: traced, updates } = trainingMode([loss(batch)], {
      noise: (shape) => noise.take(shape as readonly number[]),
      // Also where another phase trains it: a generator that met the discriminator's running statistics would learn to
      // deceive those, not the discriminator that judges batches.
      trains: (runningMean) => placeholders.has(runningMean),
    });
    const changed = [...updates.keys()];
    const values = rebuild([...traced, ...updates.values()], { values: placeholders });
    const learned = [...parameters].filter(([, { trainable }]) => trainable);
    const slopes = gradients(
      values[0]!,
      learned.map(([, parameter]) => placeholders.get(parameter)!),
    );
    const clipped = clipNorm === undefined ? slopes : clip(slopes, clipNorm);
    const [value, ...results] = rebuild([...values, ...clipped], { values: current });
    outputs[name] = value!;
    const scalars = Object.fromEntries(
      Object.keys(optimizer.scalars(1)).map((key) => [key, placeholder(scalarName(name, key), [])]),
    );
    for (const [i, [key, parameter]] of learned.entries()) {
      const state = Object.fromEntries(
        optimizer.state.map((slot) => [slot, placeholder(stateName(slot, key), parameter.shape)]),
      );
      const fed = placeholders.get(parameter)!;
      const slope = results[updates.size + i]!;
      const next = optimizer.update(current.get(fed)!, slope, state, scalars);
      current.set(fed, next.parameter);
      for (const slot of optimizer.state) outputs[nextName(stateName(slot, key))] = next.state[slot]!;
    }
    for (const [i, buffer] of changed.entries()) current.set(placeholders.get(buffer)!, results[i]!);
  }
  for (const { parameters } of phases) {
    for (const [name, parameter] of parameters) {
      outputs[nextName(parameterName(name))] = current.get(placeholders.get(parameter)!)!;
    }
  }
  const settled = rebuild(Object.values(outputs), { values: noise.settle() });
  return {
    graph: {
      name: 'training-step',
      inputs: { ...inputs, ...noise.inputs() },
      outputs: Object.fromEntries(Object.keys(outputs).map((key, i) => [key, settled[i]!])),
    },
    noise: noise.total,
  };
}

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
  share = 1,
): GradientHalf {
  const noise = new Noise();
  const inputs: Record<string, Tensor> = { ...batch };
  const placeholders = new Map<Value, Tensor>();
  for (const [name, parameter] of parameters) {
    inputs[parameterName(name)] = input(parameterName(name), parameter.shape);
    placeholders.set(parameter, inputs[parameterName(name)]!);
  }
  const loss = phase.loss(batch);
  const { outputs: traced, updates } = trainingMode([share === 1 ? loss : loss.mul(share)], {
    noise: (shape) => noise.take(shape as readonly number[]),
    trains: (runningMean) => placeholders.has(runningMean),
  });
  const [value, ...statistics] = rebuild([...traced, ...updates.values()], { values: placeholders });
  const learned = [...phase.parameters].filter(([, { trainable }]) => trainable);
  const slopes = gradients(
    value!,
    learned.map(([, parameter]) => placeholders.get(parameter)!),
  );
  const changed = [...parameters].flatMap(([name, parameter]) => (updates.has(parameter) ? [name] : []));
  const next = changed.map((name) => statistics[[...updates.keys()].indexOf(parameters.get(name)!)]!);
  const settled = rebuild([value!, ...slopes, ...next], { values: noise.settle() });
  const names = [
    'loss',
    ...learned.map(([name]) => gradientName(name)),
    ...changed.map((name) => nextName(parameterName(name))),
  ];
  return {
    graph: {
      name: 'gradients',
      inputs: { ...inputs, ...noise.inputs() },
      outputs: Object.fromEntries(names.map((name, i) => [name, settled[i]!])),
    },
    noise: noise.total,
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

function clip(slopes: readonly Tensor[], most: number): Tensor[] {
  const norm = sumOf(slopes.map((slope) => slope.mul(slope).sum())).sqrt();
  const share = norm.add(1e-6).reciprocal().mul(most).min(1);
  return slopes.map((slope) => slope.mul(share));
}

/** `outputs` with their parameters as inputs in place of constants. */
export function parametersAsInputs(
  outputs: readonly Tensor[],
  parameters: ReadonlyMap<string, Parameter>,
): { readonly outputs: Tensor[]; readonly inputs: Readonly<Record<string, Tensor>> } {
  const fed = new Map(
    [...parameters].map(([name, parameter]) => [parameter, input(parameterName(name), parameter.shape)]),
  );
  const inputs = Object.fromEntries(
    [...fed].map(([{ name }, placeholder]) => [parameterName(name), placeholder]),
  );
  return { outputs: rebuild(outputs, { values: fed }), inputs };
}

/**
 * Random numbers for a step, as stretches of one fixed pool that is fed: cutting a stretch out costs a copy, where
 * drawing the numbers anew would cost more than the layers they are for.
 */
class Noise {
  readonly #pool = input(NOISE_POOL, ['pool']);
  readonly #start = input(NOISE_START, [1], 'int64');
  readonly #wanted: { readonly handle: Tensor; readonly shape: readonly number[]; readonly size: number }[] =
    [];

  /** A placeholder for uniform numbers of `shape`, until `settle` says where they come from. */
  take(shape: readonly number[]): Tensor {
    const handle = input(`noise:${this.#wanted.length}`, shape);
    this.#wanted.push({ handle, shape, size: shape.reduce((a, b) => a * b, 1) });
    return handle;
  }

  /** What the placeholders stand for. */
  settle(): Map<Tensor, Tensor> {
    if (this.#wanted.length === 0) return new Map();
    const sizes = this.#wanted.map(({ size }) => size);
    const end = this.#start.add(int64([this.total]));
    const stretch = apply('Slice', [this.#pool, this.#start, end]).reshape([this.total]);
    const parts = sizes.length === 1 ? [stretch] : applyMany('Split', [stretch, int64(sizes)], { axis: 0 });
    return new Map(this.#wanted.map(({ handle, shape }, i) => [handle, parts[i]!.reshape(shape)]));
  }

  inputs(): Record<string, Tensor> {
    return this.total > 0 ? { [NOISE_POOL]: this.#pool, [NOISE_START]: this.#start } : {};
  }

  get total(): number {
    return this.#wanted.reduce((sum, { size }) => sum + size, 0);
  }
}
