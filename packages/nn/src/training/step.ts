/**
 * One training step as one graph: (batch, parameters, state, scalars, noise) -> (parameters, state, loss).
 *
 * The loss is traced, put into training mode, its parameters turned from constants into inputs, differentiated, and
 * joined with the optimizer's update. A step is then one call of the runtime, whatever the model.
 */
import { gradients, input, rebuild, type Tensor, trainingMode, type Value } from '@gradus/engine';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Parameter } from '../parameter.ts';
import { Noise } from './noise.ts';
import {
  clip,
  nextName,
  type Phase,
  parameterName,
  scalarName,
  stateName,
  type TrainingStep,
} from './phase.ts';

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
