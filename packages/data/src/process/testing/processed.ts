/** One column through some steps, fitted on it. */
import type { HostTensor } from '@gradus/engine';
import { type ColumnDeclaration, fitPipeline, pipeline, transform } from '../pipeline.ts';
import type { ColumnData } from '../raw.ts';
import type { Step } from '../step.ts';

/** @param later What is processed; default: what the steps are fitted on. */
export async function processed(
  kind: ColumnDeclaration,
  training: ColumnData,
  steps: readonly Step[],
  later = training,
): Promise<Record<string, HostTensor>> {
  return transform(await fitPipeline(pipeline({ x: kind }, steps), { x: training }), { x: later });
}

/** The same as plain numbers or texts. */
export async function values<T = number>(...parameters: Parameters<typeof processed>): Promise<T[]> {
  return Array.from((await processed(...parameters)).x!.data as ArrayLike<unknown>) as T[];
}

/** Rows of a tensor. */
export function rowsOf({ dims, data }: HostTensor): number[][] {
  const size = data.length / dims[0]!;
  // −0 is 0.
  const all = Array.from(data as ArrayLike<number | bigint>, (value) => Number(value) + 0);
  return Array.from({ length: dims[0]! }, (_, i) => all.slice(i * size, (i + 1) * size));
}
