/**
 * One training step as one graph: (batch, parameters, state, scalars, noise) -> (parameters, state, loss). It is the halves
 * of all phases (step-halves.ts) joined, and then one call of the runtime, whatever the model.
 */
import { type Graph, input, rebuild, type Tensor, type Value } from '@gradus/engine';
import type { Optimizer } from '../optimizers/optimizer.ts';
import type { Parameter } from '../parameter.ts';
import { Noise } from './noise.ts';
import { learnedShapes } from './parameter-arrays.ts';
import { gradientName, nextName, type Phase, parameterName, stateName, type TrainingStep } from './phase.ts';
import { phaseGradients, updateHalf } from './step-halves.ts';

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
  const parameters = new Map(phases.flatMap((phase) => [...phase.parameters]));
  const inputs: Record<string, Tensor> = {};
  const outputs: Record<string, Tensor> = {};
  // What each name stands for at this point of the step: an input, until a phase has changed it.
  const current = new Map<string, Tensor>();
  const joined = (half: Graph<Tensor>): Record<string, Tensor> => {
    const values = new Map<Value, Tensor>();
    for (const [name, value] of Object.entries(half.inputs)) {
      if (!current.has(name)) {
        inputs[name] = value;
        current.set(name, value);
      }
      values.set(value, current.get(name)!);
    }
    const results = rebuild(Object.values(half.outputs), { values });
    return Object.fromEntries(Object.keys(half.outputs).map((name, i) => [name, results[i]!]));
  };
  for (const phase of phases) {
    const shapes = learnedShapes(phase);
    const { graph, changed } = phaseGradients(phase, parameters, batch, 1, noise);
    const first = joined(graph);
    outputs[phase.name] = first.loss!;
    for (const name of shapes.keys()) current.set(gradientName(`0:${name}`), first[gradientName(name)]!);
    const second = joined(updateHalf(phase, shapes, 1));
    const next = (name: string) => nextName(parameterName(name));
    for (const name of changed) current.set(parameterName(name), first[next(name)]!);
    for (const name of shapes.keys()) {
      current.set(parameterName(name), second[next(name)]!);
      for (const slot of phase.optimizer.state) {
        outputs[nextName(stateName(slot, name))] = second[nextName(stateName(slot, name))]!;
      }
    }
  }
  for (const name of parameters.keys())
    outputs[nextName(parameterName(name))] = current.get(parameterName(name))!;
  return noise.settled({ name: 'training-step', inputs, outputs });
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
