/** Answers of boosted trees as ONNX Runtime computes them from their graph. */
import { input } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import type { BoostedTrees } from '../boosted-trees.ts';
import { rowsOf, type TreeColumn } from '../columns.ts';
import { type TreeOpVersion, treeGraph } from '../graph.ts';

export async function graphAnswers(
  model: BoostedTrees,
  columns: readonly TreeColumn[],
  version: TreeOpVersion,
): Promise<Float32Array> {
  const rows = rowsOf(columns);
  const numbers = columns.flatMap((column) => (column.kind === 'number' ? [column.values] : []));
  const codes = columns.flatMap((column) => (column.kind === 'category' ? [column.codes] : []));
  const inputs = {
    ...(numbers.length > 0 && { numbers: input('numbers', ['rows', numbers.length]) }),
    ...(codes.length > 0 && { codes: input('codes', ['rows', codes.length], 'int64') }),
  };
  const graph = { name: 'trees', inputs, outputs: { answers: treeGraph(model, inputs, version) } };
  const compiled = await compile(graph, { threads: 1 });
  const at = <T>(of: readonly ArrayLike<T>[], i: number) => of[i % of.length]![Math.floor(i / of.length)]!;
  const { answers } = await compiled.run({
    ...(numbers.length > 0 && {
      numbers: {
        dtype: 'float32',
        dims: [rows, numbers.length],
        data: Float32Array.from({ length: rows * numbers.length }, (_, i) => at(numbers, i)),
      },
    }),
    ...(codes.length > 0 && {
      codes: {
        dtype: 'int64',
        dims: [rows, codes.length],
        data: BigInt64Array.from({ length: rows * codes.length }, (_, i) => BigInt(at(codes, i))),
      },
    }),
  });
  await compiled.close();
  return answers!.data as Float32Array;
}
