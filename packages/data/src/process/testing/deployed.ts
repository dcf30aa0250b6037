/** What a pipeline makes in memory against what its .onnx file makes of the same raw columns. */
import { type HostTensor, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { pipelineGraph } from '../fold.ts';
import { type FittedPipeline, graphInputs } from '../pipeline.ts';
import type { Columns } from '../raw.ts';
import { readPipeline, writePipeline } from '../stored.ts';

/** Runs the bytes of the exported file, of the pipeline stored and read back, on raw columns. */
export async function deployed(
  fitted: FittedPipeline,
  columns: Columns,
): Promise<Record<string, HostTensor>> {
  const graph = pipelineGraph(readPipeline(writePipeline(fitted)));
  const compiled = await compile(writeOnnx(graph), { threads: 1 });
  try {
    const results = await compiled.run(graphInputs(fitted, columns));
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [name.replace(/ processed$/, ''), tensor]),
    );
  } finally {
    await compiled.close();
  }
}

/** The largest difference of two tensors, relative to values above 1; infinite where types, shapes or missing values differ. */
export function difference(a: HostTensor, b: HostTensor): number {
  if (a.dtype !== b.dtype || `${a.dims}` !== `${b.dims}`) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const [i, value] of a.data.entries()) {
    const [x, y] = [value, b.data[i]!];
    if (Object.is(x, y) || x === y) continue;
    if (typeof x === 'string' || typeof y === 'string') return Number.POSITIVE_INFINITY;
    const distance = Math.abs(Number(x) - Number(y)) / Math.max(1, Math.abs(Number(x)));
    most = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(most, distance);
  }
  return most;
}
