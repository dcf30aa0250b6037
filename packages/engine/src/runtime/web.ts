/**
 * Runs graphs in the browser on onnxruntime-web: WebAssembly (`cpu`) or WebGPU. The twin of node.ts.
 *
 * The page says where the runtime's own files are, before it compiles anything: `runtimeFiles('/ort/')`. Threads need a page
 * that is isolated from others (the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy:
 * require-corp); elsewhere there is one.
 */
import { env, InferenceSession, Tensor } from 'onnxruntime-web/webgpu';
import { UserError } from '../errors.ts';
import type { Graph } from '../graph.ts';
import { writeOnnx } from '../onnx/write.ts';
import { lowerForCpu } from '../transforms/lower-for-cpu.ts';
import { lowerForWebGpu } from '../transforms/lower-for-webgpu.ts';
import {
  type CompiledGraph,
  type CompileOptions,
  compiledGraph,
  type Device,
  type TensorClass,
  withOutputs,
} from './compiled-graph.ts';

export type { CompiledGraph, CompileOptions, Device, Feeds } from './compiled-graph.ts';

/** Where the page serves the files of node_modules/onnxruntime-web/dist that end in .wasm and .mjs. */
export function runtimeFiles(folder: string): void {
  env.wasm.wasmPaths = folder;
}

/** Makes a graph, or the bytes of a model file, ready to run. `threads` counts for the first graph of a page. */
export async function compile(
  model: Graph | Uint8Array,
  { device = 'cpu', threads = 0, lower = true }: CompileOptions = {},
): Promise<CompiledGraph> {
  if (device === 'cuda') throw new UserError('browsers have no CUDA; expected "cpu" or "webgpu"');
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  env.wasm.numThreads = isolated ? threads : 1;
  const bytes = model instanceof Uint8Array ? model : writeOnnx(lower ? lowered(model, device) : model);
  return compiledGraph(
    await InferenceSession.create(bytes, {
      executionProviders: [device === 'cpu' ? 'wasm' : 'webgpu'],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    }),
    Tensor as TensorClass,
  );
}

/** The graph with what the device does faster, or right. WebAssembly has no convolutions on blocks of channels. */
function lowered(graph: Graph, device: Device): Graph {
  const outputs = Object.values(graph.outputs);
  return withOutputs(graph, device === 'webgpu' ? lowerForWebGpu(outputs) : lowerForCpu(outputs, 0));
}
