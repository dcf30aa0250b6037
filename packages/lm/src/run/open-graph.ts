/**
 * Opens a graph of a large model. A small one goes to the runtime as bytes. A large one is written with its weights in a file beside
 * it, tensor after tensor, and opened there: its weights are mapped, so that neither 2 GB nor memory is a limit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DTYPES,
  type Graph,
  leavesOf,
  sizeOf,
  topologicalOrder,
  withOutputs,
  withoutTransposes,
} from '@gradus/engine';
import { type CompiledGraph, compileFile, type SessionOptions, writeOnnxFile } from '@gradus/engine/node';
import { compile } from '@gradus/engine/runtime';

/** Of weights, in bytes. */
const LARGE = 64 * 1024 * 1024;

export interface OpenOptions {
  /** Default: one a core. */
  readonly threads?: number | undefined;
}

export const openGraph = (graph: Graph, { threads }: OpenOptions): Promise<CompiledGraph> =>
  opened(graph, { threads });

async function opened(
  graph: Graph,
  { threads, ...memory }: Pick<SessionOptions, 'threads' | 'packs' | 'plansMemory' | 'keepsMemory' | 'folds'>,
): Promise<CompiledGraph> {
  const bytes = leavesOf(graph)
    .filter(({ source }) => source.kind === 'constant')
    .reduce((sum, { dtype, shape }) => sum + DTYPES[dtype].bytes * (sizeOf(shape) as number), 0);
  // A page has no files (web/absent.ts).
  if (bytes < LARGE || compileFile === undefined) return compile(graph, { threads, alone: true });
  const folder = mkdtempSync(join(tmpdir(), 'gradus-model-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'model.onnx');
    writeOnnxFile(path, graph, { limit: 0 });
    const compiled = await compileFile(path, { threads, alone: true, ...memory });
    // A file that is open cannot be removed on Windows. Elsewhere what is mapped stays without its name, and goes with the process.
    if (process.platform !== 'win32') {
      remove();
      return compiled;
    }
    return {
      ...compiled,
      close: async () => {
        await compiled.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * Opens a graph that trains. It multiplies by its frozen weights in both directions, for each of which a copy of them all would be kept,
 * and its batches are so large that the order of reals matters little. Of few bits the order matters, and copies are small. What is
 * computed between is as large as the weights: memory for it is taken once. Weights of few bits are chosen to save memory: what a step
 * took goes back to the system, or the reals of a large table stand where others find no room.
 */
export function openTraining(graph: Graph, { threads }: OpenOptions): Promise<CompiledGraph> {
  const outputs = withoutTransposes(Object.values(graph.outputs));
  const few = topologicalOrder(outputs).some(({ op }) => op === 'MatMulNBits');
  return opened(withOutputs(graph, outputs), {
    threads,
    packs: few,
    plansMemory: false,
    keepsMemory: !few,
    folds: false,
  });
}
