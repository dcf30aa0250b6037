/** Levels of columns of texts: found in the training rows, and looked up inside the graph. */
import { apply, constant, type HostTensor, numericArray, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { countsOf } from './statistics.ts';
import { columnError, type TrainingColumn } from './step.ts';

export const MOST_LEVELS = 100_000;

/** Distinct texts. */
export const levelsSchema = z
  .array(z.string().max(100_000))
  .max(MOST_LEVELS)
  .refine((levels) => new Set(levels).size === levels.length, {
    message: 'a level stands twice',
    params: { zh: '有水平重复出现' },
  });

/** Levels and how many rows have each, most frequent first, then by code point. */
export function levelsOf({ step, block, data }: TrainingColumn): [level: string, count: number][] {
  const counts = countsOf(data.data as readonly string[]);
  if (counts.size > MOST_LEVELS) {
    throw columnError(step, block.name, {
      en: `has ${counts.size} different texts; at most ${MOST_LEVELS} can be told apart. Use hash(), or leave the column out`,
      zh: `有 ${counts.size} 个不同的文本；最多能区分 ${MOST_LEVELS} 个。请使用 hash()，或去掉该列`,
    });
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** The number that stands for each text, of the dtype of `values`; `otherwise` for texts that are no level. */
export function lookUp(
  texts: Tensor,
  levels: readonly string[],
  values: readonly number[],
  otherwise: number,
  dtype: 'int64' | 'float64',
): Tensor {
  const one = (values: readonly number[]): HostTensor => ({
    dtype,
    dims: [values.length],
    data: numericArray(values, dtype),
  });
  if (levels.length === 0) {
    const [shape, value] = [texts.shapeTensor(), one([otherwise])];
    return apply('ConstantOfShape', [shape], { value: { tensor: value } });
  }
  return apply('LabelEncoder', [texts], {
    keys_tensor: { tensor: { dtype: 'string', dims: [levels.length], data: levels } },
    values_tensor: { tensor: one(values) },
    default_tensor: { tensor: one([otherwise]) },
  });
}

/** 1 in the place that each index names, 0 elsewhere; nothing but zeros for an index that is no place. [batch, 1] -> [batch, places] */
export function oneHotOf(indices: Tensor, places: number): Tensor {
  const values = constant({ dtype: 'float32', dims: [2], data: Float32Array.of(0, 1) });
  const depth = constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(BigInt(places)) });
  // ONNX counts negative indices from the back, so an index for no place must lie behind the last.
  return apply('OneHot', [indices.squeeze(1), depth, values]);
}
