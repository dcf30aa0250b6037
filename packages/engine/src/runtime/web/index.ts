/**
 * Runs graphs in the browser on onnxruntime-web: on WebAssembly (`cpu`) or on the graphics card (`webgpu`). The twin of
 * ../node.
 *
 * The runtime is some JavaScript and a .wasm file for each device, which the page serves itself: the files of
 * node_modules/onnxruntime-web/dist that are named ort-wasm-simd-threaded.* . It loads them when a first graph is compiled.
 */

import { UserError } from '@gradus/base';
import { env, type InferenceSession } from 'onnxruntime-common';
import { type Graph, type Value, withOutputs } from '../../graph.ts';
import { writeOnnx } from '../../onnx/write.ts';
import { lowerForCpu } from '../../transforms/lower-for-cpu.ts';
import { lowerForWebGpu } from '../../transforms/lower-for-webgpu.ts';
import {
  type CompiledGraph,
  type CompileOptions,
  compiledGraph,
  type TensorClass,
} from '../compiled-graph.ts';

export type { CompiledGraph, CompileOptions, Convolutions, Device, Feeds } from '../compiled-graph.ts';

let folder: string | undefined;

/** Says from where the page serves the runtime's files; by default from beside its own script. To be called first of all. */
export function runtimeFiles(url: string): void {
  folder = new URL(url.endsWith('/') ? url : `${url}/`, page().location?.href).href;
}

/**
 * Makes a graph, or the bytes of a model file, ready to run.
 *
 * `threads` counts for the first graph on a device. More than one need a page that is isolated from others: its headers
 * say Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.
 *
 * @throws UserError where the browser does not have the device
 */
export async function compile(
  model: Graph | Uint8Array,
  { device = 'cpu', threads = 0, lower = true }: CompileOptions = {},
): Promise<CompiledGraph> {
  if (device === 'cuda') {
    throw new UserError({
      en: 'browsers have no CUDA; expected "cpu" or "webgpu"',
      zh: '浏览器没有 CUDA；应为 "cpu" 或 "webgpu"',
    });
  }
  if (device === 'webgpu') await requireWebGpu();
  const { runtime, provider, lowered } = DEVICES[device];
  const ort = await runtime();
  ort.env.wasm.numThreads = page().crossOriginIsolated ? threads || page().navigator.hardwareConcurrency : 1;
  if (folder) ort.env.wasm.wasmPaths = folder;
  const bytes =
    model instanceof Uint8Array
      ? model
      : writeOnnx(
          lower ? withOutputs(model, lowered(Object.values(model.outputs), ort.env.wasm.numThreads)) : model,
        );
  const session: InferenceSession = await ort.InferenceSession.create(bytes, {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  return compiledGraph(session, ort.Tensor as TensorClass, 'by copy');
}

/** A page runs one graph at a time. */
export const workerPool = (): undefined => undefined;

const DEVICES = {
  cpu: {
    runtime: () => import('onnxruntime-web/wasm').catch(explained),
    provider: 'wasm',
    // WebAssembly has no blocked convolutions.
    lowered: (outputs: readonly Value[], threads: number) => lowerForCpu(outputs, 0, threads),
  },
  // A build of its own: one that has WebGPU can wait for it amid a computation, which costs it speed.
  webgpu: {
    runtime: () => import('onnxruntime-web/webgpu').catch(explained),
    provider: 'webgpu',
    lowered: lowerForWebGpu,
  },
};

/** Whoever uses the engine in Node alone does not have onnxruntime-web (140 MB). */
function explained(cause: Error): never {
  throw new UserError(
    {
      en: `ONNX Runtime for browsers cannot be loaded (${cause.message}). Install it beside @gradus/engine: npm i onnxruntime-web@${env.versions.common}`,
      zh: `无法加载浏览器版 ONNX Runtime（${cause.message}）。请与 @gradus/engine 一起安装：npm i onnxruntime-web@${env.versions.common}`,
    },
    { cause },
  );
}

async function requireWebGpu(): Promise<void> {
  if (await page().navigator.gpu?.requestAdapter()) return;
  throw new UserError({
    en: 'this browser has no WebGPU on this page (it needs a graphics card, and https or localhost). "cpu" works everywhere',
    zh: '此页面上的浏览器没有 WebGPU（需要显卡，以及 https 或 localhost）。"cpu" 处处可用',
  });
}

/** What is used of the page or worker, which Node's types do not know. */
interface Page {
  readonly crossOriginIsolated?: boolean;
  readonly location?: { readonly href: string };
  readonly navigator: {
    readonly hardwareConcurrency: number;
    readonly gpu?: { requestAdapter(): Promise<unknown> };
  };
}
const page = () => globalThis as unknown as Page;
