/**
 * A training step as one graph: (batch, parameters, optimizer state, scalars, noise) -> (parameters, optimizer state, losses). It
 * joins the gradient and update graphs of all phases, and is one call of the runtime, whatever the model.
 */
import { type Graph, rebuild, type Tensor, type Value } from '@gradus/engine';
import type { Optimizer } from '../../optimizers/optimizer.ts';
import { optimizerOf } from '../../optimizers/parameter-groups.ts';
import type { Parameter } from '../../parameter.ts';
import { type Phase, type TrainingStep, trainedShapes } from '../phase.ts';
import { gradientGraphWith } from './gradient-graph.ts';
import { gradientName, nextName, parameterName, shardGradientName, stateName } from './names.ts';
import { NoiseInputs } from './noise-inputs.ts';
import { updateGraph } from './update-graph.ts';

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
  const noise = new NoiseInputs();
  const parameters = new Map(phases.flatMap((phase) => [...phase.parameters]));
  const inputs: Record<string, Tensor> = {};
  const outputs: Record<string, Tensor> = {};
  // The value that each name has at this point of the step: an input, until a phase has changed it.
  const current = new Map<string, Tensor>();
  const append = (graph: Graph<Tensor>): Record<string, Tensor> => {
    const values = new Map<Value, Tensor>();
    for (const [name, value] of Object.entries(graph.inputs)) {
      if (!current.has(name)) {
        inputs[name] = value;
        current.set(name, value);
      }
      values.set(value, current.get(name)!);
    }
    const results = rebuild(Object.values(graph.outputs), { values });
    return Object.fromEntries(Object.keys(graph.outputs).map((name, i) => [name, results[i]!]));
  };
  for (const phase of phases) {
    const shapes = trainedShapes(phase);
    const { graph: gradients, changed } = gradientGraphWith(noise, phase, parameters, batch);
    const first = append(gradients);
    outputs[phase.name] = first.loss!;
    for (const name of shapes.keys()) current.set(shardGradientName(0, name), first[gradientName(name)]!);
    const second = append(updateGraph(phase, shapes));
    const next = (name: string) => nextName(parameterName(name));
    for (const name of changed) current.set(parameterName(name), first[next(name)]!);
    for (const [name, shape] of shapes) {
      current.set(parameterName(name), second[next(name)]!);
      for (const slot of optimizerOf(phase.optimizer, name, shape).state) {
        outputs[nextName(stateName(slot, name))] = second[nextName(stateName(slot, name))]!;
      }
    }
  }
  for (const name of parameters.keys())
    outputs[nextName(parameterName(name))] = current.get(parameterName(name))!;
  return noise.resolved({ name: 'training-step', inputs, outputs });
}
