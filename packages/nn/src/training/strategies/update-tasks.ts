/** The update stage of a phase on a worker pool: the sum of the shards' gradients, and the optimizer's step. */
import { sameByElement } from '@gradus/engine';
import type { PoolTask } from '@gradus/engine/runtime';
import { nextName, parameterName, shardGradientName, stateName } from '../graphs/names.ts';
import { updateGraph } from '../graphs/update-graph.ts';
import { type Phase, trainedShapes } from '../phase.ts';
import { renamed } from './arrays.ts';
import type { ParameterBuffer } from './double-buffer.ts';
import { ALIGNMENT, type FlatArrays } from './flat-arrays.ts';
import type { Arrays } from './strategy.ts';

/**
 * One task for each shard's worker, which updates a slice of all parameters laid end to end; or a single task, where the update of
 * an element depends on others (clipping, layer-wise rates).
 *
 * @param gradients by shard
 * @param buffers a step reads one and writes the other
 */
export function updateTasks(
  phase: Phase,
  gradients: readonly FlatArrays[],
  buffers: readonly ParameterBuffer[],
  scalars: Arrays,
): PoolTask[] {
  const task = (
    shapes: ReadonlyMap<string, readonly number[]>,
    select: (arrays: FlatArrays) => Arrays,
  ): PoolTask => {
    const slopes = gradients.map((shard, k) => renamed(select(shard), (name) => shardGradientName(k, name)));
    const selected = buffers.map((buffer): Arrays => {
      const { parameters, state } = buffer.of(phase);
      const slots = Object.entries(state).map(([slot, arrays]) =>
        renamed(select(arrays), (name) => stateName(slot, name)),
      );
      return Object.assign({}, renamed(select(parameters), parameterName), ...slots);
    });
    return {
      graph: updateGraph(phase, shapes, gradients.length),
      bindings: selected.map((arrays, front) => ({
        feeds: Object.assign({}, scalars, arrays, ...slopes),
        into: renamed(selected[1 - front]!, nextName),
      })),
    };
  };
  if (!isElementwise(phase, gradients.length)) return [task(trainedShapes(phase), ({ arrays }) => arrays)];
  const lines = gradients[0]!.flat.length / ALIGNMENT;
  return gradients.map((_, k) => {
    const bound = (i: number) => Math.floor((lines * i) / gradients.length) * ALIGNMENT;
    const [from, to] = [bound(k), bound(k + 1)];
    const dims = [to - from];
    return task(new Map([[SLICE, dims]]), ({ flat }) => ({
      [SLICE]: { dtype: 'float32', dims, data: flat.subarray(from, to) },
    }));
  });
}

/** The name of a slice of all parameters, where they are updated as one array. */
const SLICE = 'slice';

/** Whether the optimizer treats each element by itself, in the same way for parameters of all shapes. */
function isElementwise({ name, optimizer, clipNorm, ...phase }: Phase, shards: number): boolean {
  if (clipNorm !== undefined) return false;
  const outputsOf = (shape: readonly number[]) =>
    Object.values(updateGraph({ name, optimizer }, new Map([[SLICE, shape]]), shards).outputs);
  const like = outputsOf([ALIGNMENT]);
  return [...trainedShapes({ name, optimizer, ...phase }).values()].every((shape) =>
    sameByElement(outputsOf(shape), like),
  );
}
