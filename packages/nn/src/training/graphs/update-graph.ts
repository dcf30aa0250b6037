/** The update graph of a phase: (parameters, gradients, optimizer state, scalars) -> (parameters, optimizer state). */
import { type Graph, input, sumOf, type Tensor } from '@gradus/engine';
import { optimizerOf } from '../../optimizers/parameter-groups.ts';
import type { Phase } from '../phase.ts';
import { nextName, parameterName, scalarName, shardGradientName, stateName } from './names.ts';

/**
 * @param shapes of what is updated, by name: the parameters, or slices of all of them laid end to end
 * @param shards how many gradients of each come in, to be added up
 */
export function updateGraph(
  { name: phase, optimizer, clipNorm }: Pick<Phase, 'name' | 'optimizer' | 'clipNorm'>,
  shapes: ReadonlyMap<string, readonly number[]>,
  shards = 1,
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
    sumOf(Array.from({ length: shards }, (_, k) => placeholder(shardGradientName(k, name), shape))),
  );
  const outputs: Record<string, Tensor> = {};
  const steps = [...shapes].map(([name, shape], i) => {
    const own = optimizerOf(optimizer, name, shape);
    const state = Object.fromEntries(
      own.state.map((slot) => [slot, placeholder(stateName(slot, name), shape)]),
    );
    return {
      name,
      shape,
      own,
      state,
      slope: own.gradient?.(sums[i]!, state, scalars) ?? { gradient: sums[i]!, state: {} },
    };
  });
  const slopes = steps.map(({ slope }) => slope.gradient);
  const final = clipNorm === undefined ? slopes : clipped(slopes, clipNorm);
  for (const [i, { name, shape, own, state, slope }] of steps.entries()) {
    const next = own.update(placeholder(parameterName(name), shape), final[i]!, state, scalars);
    const kept = { ...next.state, ...slope.state };
    outputs[nextName(parameterName(name))] = next.parameter;
    for (const slot of own.state) outputs[nextName(stateName(slot, name))] = kept[slot]!;
  }
  return { name: 'update', inputs, outputs };
}

/** Gradients scaled down where their norm over all parameters is larger than `largest`. */
function clipped(slopes: readonly Tensor[], largest: number): Tensor[] {
  const norm = sumOf(slopes.map((slope) => slope.mul(slope).sum())).sqrt();
  const factor = norm.add(1e-6).reciprocal().mul(largest).min(1);
  return slopes.map((slope) => slope.mul(factor));
}
