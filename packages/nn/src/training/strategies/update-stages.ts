/** The update stages of a phase on a worker pool: the sum of the shards' gradients, and the optimizer's step. */
import { sameByElement } from '@gradus/engine';
import type { PoolTask } from '@gradus/engine/runtime';
import { nextName, parameterName, shardGradientName, stateName } from '../graphs/names.ts';
import { updateGraph } from '../graphs/update-graph.ts';
import { type Phase, type TrainedGroup, trainedGroups, trainedShapes } from '../phase.ts';
import { renamed } from './arrays.ts';
import type { ParameterBuffer } from './double-buffer.ts';
import { ALIGNMENT, type FlatArrays } from './flat-arrays.ts';
import type { Arrays } from './strategy.ts';

/**
 * Where nothing is clipped, a stage for each group of parameters: one task for each shard's worker, which updates a slice of all
 * parameters laid end to end, or a single task, where the update of an element depends on others (layer-wise rates). Clipping takes
 * all gradients together: then a single task updates everything.
 *
 * @param gradients by shard and group
 * @param buffers a step reads one and writes the other
 */
export function updateStages(
  phase: Phase,
  gradients: readonly (readonly FlatArrays[])[],
  buffers: readonly ParameterBuffer[],
  scalars: Arrays,
): PoolTask[][] {
  const task = (
    { optimizer, shapes }: TrainedGroup,
    groups: readonly number[],
    select: (arrays: FlatArrays) => Arrays,
  ): PoolTask => {
    const merged = (all: readonly Arrays[]): Arrays => Object.assign({}, ...all);
    const slopes = gradients.map((shard, k) =>
      renamed(merged(groups.map((g) => select(shard[g]!))), (name) => shardGradientName(k, name)),
    );
    const selected = buffers.map((buffer) =>
      merged(
        groups.flatMap((g) => {
          const { parameters, state } = buffer.of(phase)[g]!;
          const slots = Object.entries(state).map(([slot, arrays]) =>
            renamed(select(arrays), (name) => stateName(slot, name)),
          );
          return [renamed(select(parameters), parameterName), ...slots];
        }),
      ),
    );
    return {
      graph: updateGraph({ ...phase, optimizer }, shapes, gradients.length),
      bindings: selected.map((arrays, front) => ({
        feeds: Object.assign({}, scalars, arrays, ...slopes),
        into: renamed(selected[1 - front]!, nextName),
      })),
    };
  };
  const groups = trainedGroups(phase);
  if (phase.clipNorm !== undefined) {
    const all = { optimizer: phase.optimizer, shapes: trainedShapes(phase) };
    return [[task(all, [...groups.keys()], ({ arrays }) => arrays)]];
  }
  return groups.map((group, g) => {
    if (!isElementwise(phase.name, group, gradients.length))
      return [task(group, [g], ({ arrays }) => arrays)];
    const lines = gradients[0]![g]!.flat.length / ALIGNMENT;
    return gradients.map((_, k) => {
      const bound = (i: number) => Math.floor((lines * i) / gradients.length) * ALIGNMENT;
      const [from, to] = [bound(k), bound(k + 1)];
      const dims = [to - from];
      return task({ ...group, shapes: new Map([[SLICE, dims]]) }, [g], ({ flat }) => ({
        [SLICE]: { dtype: 'float32', dims, data: flat.subarray(from, to) },
      }));
    });
  });
}

/** The name of a slice of all parameters, where they are updated as one array. */
const SLICE = 'slice';

/** Whether the optimizer treats each element by itself, in the same way for parameters of all shapes. */
function isElementwise(phase: string, { optimizer, shapes }: TrainedGroup, shards: number): boolean {
  const outputsOf = (shape: readonly number[]) =>
    Object.values(updateGraph({ name: phase, optimizer }, new Map([[SLICE, shape]]), shards).outputs);
  const like = outputsOf([ALIGNMENT]);
  return [...shapes.values()].every((shape) => sameByElement(outputsOf(shape), like));
}
