/**
 * Runs graphs on ONNX Runtime for Node.
 *
 * A compiled graph owns an ONNX Runtime session; `close` frees it. Arrays go in and come out without copies where
 * the runtime allows it: outputs can be written into arrays that the caller keeps (`into`), which lets a training
 * loop hold its parameters in two sets that take turns.
 */

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import type { InferenceSession } from 'onnxruntime-common';
import { isConvolutional } from '../../analysis/signature.ts';
import { type Graph, withOutputs } from '../../graph.ts';
import { type Enclosure, enclosed } from '../../onnx/enclose.ts';
import { readOnnx } from '../../onnx/read.ts';
import { encodeModel } from '../../onnx/wire.ts';
import { writeOnnx } from '../../onnx/write.ts';
import { apply, input } from '../../tensor.ts';
import { lowerForCpu } from '../../transforms/lower-for-cpu.ts';
import { lowerForWebGpu } from '../../transforms/lower-for-webgpu.ts';
import {
  type CompiledGraph,
  type CompileOptions,
  type Convolutions,
  compiledGraph,
  type Device,
} from '../compiled-graph.ts';
import { runtimeError } from '../runtime-errors.ts';
import { withFastTrees } from './fast-trees.ts';
import { measureOf, requireMemory } from './memory.ts';
import { nativeRuntime, ONNX_RUNTIME_VERSION } from './native.ts';
import { sizesOfModel } from './sizes-of-model.ts';
import { bounded } from './staged.ts';

/** Makes a graph, or the bytes of a model file, ready to run. */
export async function compile(
  model: Graph | Uint8Array,
  { device = 'cpu', lower = true, convolutions, ...options }: CompileOptions = {},
): Promise<CompiledGraph> {
  requireDevice(device);
  const compileGraph = async (graph: Graph) =>
    open(await prepared(graph, { device, lower, convolutions, threads: options.threads }), {
      device,
      ...options,
    });
  if (!(model instanceof Uint8Array)) {
    // The memory of other devices is not the system's, and what they lack they say.
    if (device !== 'cpu') return compileGraph(model);
    requireRoom(model);
    const parts = { sizes: model, whole: () => model, compile: compileGraph, threads: options.threads };
    return bounded(withFastTrees(await compileGraph(model), parts), parts);
  }
  const sizes = device === 'cpu' ? sizesOfModel(model) : undefined;
  if (sizes) requireRoom(sizes);
  const session = await sessionOf(model, { device, ...options });
  const compiled = compiledGraph(session, nativeRuntime().Tensor, 'in place');
  if (!sizes) return compiled;
  const parts = {
    sizes,
    whole: () => readOnnx(model).graph,
    compile: async (graph: Graph) =>
      open(await prepared(graph, { device, lower: false }), { device, ...options }),
    threads: options.threads,
  };
  return bounded(withFastTrees(compiled, parts), parts);
}

/** Where every open size is 1 a graph takes the least. @throws UserError where there is no room for that */
function requireRoom({ inputs, outputs }: Graph): void {
  const given = new Map(
    Object.entries(inputs).map(([name, value]) => {
      const dims = value.shape.map((size) => (typeof size === 'number' ? size : 1));
      return [value, input(name, dims, value.dtype)] as const;
    }),
  );
  const least = measureOf(Object.values(outputs), given);
  if (least) requireMemory(least);
}

/** A graph as bytes that `open` takes, in this thread or another. */
export async function prepared(
  graph: Graph,
  {
    device = 'cpu',
    lower = true,
    threads = 0,
    convolutions = 'blocks',
  }: Pick<CompileOptions, 'device' | 'lower' | 'threads' | 'convolutions'> = {},
): Promise<Uint8Array> {
  return withBarrier(writeOnnx(lower ? await lowered(graph, device, threads, convolutions) : graph));
}

/** @throws GraphError naming the op that the runtime cannot compute */
export async function open(bytes: Uint8Array, options: SessionOptions = {}): Promise<CompiledGraph> {
  const session = await sessionOf(bytes, options).catch((error) => {
    throw runtimeError(error);
  });
  return compiledGraph(session, nativeRuntime().Tensor, { barrier: BARRIER });
}

export type SessionOptions = Omit<CompileOptions, 'lower' | 'convolutions'> & {
  /** The folder of the files that hold the weights of a model whose bytes are given. */
  readonly weightsIn?: string;
  /** Whether constants that matrices are multiplied by are copied into the order that this is fastest in. Default true. */
  readonly packs?: boolean | undefined;
  /**
   * Whether from the second run on all arrays between ops lie in one block, which is taken beside the memory of the first run. Default true.
   */
  readonly plansMemory?: boolean | undefined;
  /** Whether memory that a run took stays with the session for the next one. Default: as `alone` says. */
  readonly keepsMemory?: boolean | undefined;
  /** Whether what follows from constants alone is computed beforehand, and held beside them. Default true. */
  readonly folds?: boolean | undefined;
};

/**
 * Makes a model file ready to run, with its weights where they lie: they are mapped into memory, not copied. The graph runs as it
 * is in the file, with an `enclosure` around it where there is one.
 *
 * @throws GraphError naming the op that the runtime cannot compute
 */
export async function compileFile(
  path: string,
  { enclosure, ...options }: Omit<SessionOptions, 'weightsIn'> & { readonly enclosure?: Enclosure } = {},
): Promise<CompiledGraph> {
  requireDevice(options.device ?? 'cpu');
  const opened = (bytes: Uint8Array) => open(withBarrier(bytes), { ...options, weightsIn: dirname(path) });
  if (!enclosure) return opened(readFileSync(path));
  const { bytes, names } = enclosed(readFileSync(path), enclosure);
  return withNames(await opened(bytes), enclosure, names);
}

/** A compiled graph whose inputs and outputs go by the names of its enclosure. */
function withNames(
  { run, bind, close }: CompiledGraph,
  { before, after }: Enclosure,
  names: Readonly<Record<string, string>>,
): CompiledGraph {
  const inside = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [names[name] ?? name, value]));
  const outputs = Object.keys(after.outputs);
  return {
    inputs: Object.keys(before.inputs),
    outputs,
    async run(feeds, into) {
      const found = await run(inside(feeds), into && inside(into));
      return Object.fromEntries(
        outputs.flatMap((name) => (found[names[name]!] ? [[name, found[names[name]!]!]] : [])),
      );
    },
    bind: (feeds, into) => bind(inside(feeds), inside(into)),
    close,
  };
}

function sessionOf(
  bytes: Uint8Array,
  {
    device = 'cpu',
    threads = 0,
    alone = false,
    weightsIn,
    packs = true,
    plansMemory = true,
    keepsMemory = alone,
    folds = true,
  }: SessionOptions,
): Promise<InferenceSession> {
  return nativeRuntime().InferenceSession.create(bytes, {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that wait by spinning take the cores from other sessions: 1.7 times slower with one session a batch shape.
    extra: {
      ...(!folds && { optimization: { disable_specified_optimizers: 'ConstantFolding' } }),
      session: {
        intra_op: { allow_spinning: alone ? '1' : '0' },
        force_spinning_stop: '1',
        ...(!packs && { disable_prepacking: '1' }),
        ...(weightsIn !== undefined && { model_external_initializers_file_folder_path: weightsIn }),
      },
    },
    executionMode: 'sequential',
    // The arena keeps what it once took. Without it, large arrays come fresh from the system, page by page, at every run.
    enableCpuMemArena: keepsMemory,
    enableMemPattern: plansMemory,
    // Errors only: warnings of the runtime are about its internals and mean nothing to a user.
    logSeverityLevel: 3,
  });
}

/**
 * Adds a barrier: an output that is no tensor. The binding copies every output into a new array, even those that it wrote into the
 * caller's arrays: for a training step all parameters and moments, into fresh memory each time. It copies one output after
 * another when all are computed, and fails at one that is no tensor. So each graph has an empty list as its first output, to
 * request where the copies are of no use.
 *
 * Concatenated messages of the wire format are one merged message: so the output is added to the graph.
 */
function withBarrier(model: Uint8Array): Uint8Array {
  const list = { opType: 'SequenceEmpty', name: BARRIER, output: [BARRIER] };
  return Buffer.concat([encodeModel({ graph: { node: [list], output: [{ name: BARRIER }] } }), model]);
}
const BARRIER = 'gradus:barrier';

const MISSING: Readonly<Record<Exclude<Device, 'cpu'>, Localized>> = {
  webgpu: {
    en: 'this build of ONNX Runtime has no WebGPU; it has it on Linux x64, Windows and macOS',
    zh: '此 ONNX Runtime 不含 WebGPU；Linux x64、Windows 和 macOS 版才有',
  },
  cuda: {
    en: `CUDA is not there: on Linux x64 with CUDA 12 installed, run \`npm i onnxruntime-node@${ONNX_RUNTIME_VERSION}\` and \`node node_modules/onnxruntime-node/script/install.js\``,
    zh: `没有 CUDA：请在装有 CUDA 12 的 Linux x64 上运行 \`npm i onnxruntime-node@${ONNX_RUNTIME_VERSION}\` 和 \`node node_modules/onnxruntime-node/script/install.js\``,
  },
};

function requireDevice(device: Device): void {
  if (device === 'cpu') return;
  if (
    !nativeRuntime()
      .listSupportedBackends()
      .some(({ name }) => name === device)
  ) {
    const { en, zh } = MISSING[device];
    throw new UserError({
      en: `cannot run on "${device}": ${en}. The CPU always works`,
      zh: `无法在 "${device}" 上运行：${zh}。CPU 总是可用`,
    });
  }
}

/** The graph with what the device does faster, or right. */
async function lowered(
  graph: Graph,
  device: Device,
  threads: number,
  convolutions: Convolutions,
): Promise<Graph> {
  if (device === 'cuda') return graph;
  const outputs = Object.values(graph.outputs);
  if (device === 'webgpu') return withOutputs(graph, lowerForWebGpu(outputs));
  const inBlocks = convolutions === 'blocks' && isConvolutional(outputs);
  return withOutputs(graph, lowerForCpu(outputs, inBlocks ? await blockOfChannels() : 0, threads));
}

/** How many channels a block holds on this CPU; 0 where the runtime has no blocked convolutions for it. */
export function blockOfChannels(): Promise<number> {
  measured ??= measureBlock();
  return measured;
}
let measured: Promise<number> | undefined;

/** Measured: the position of the second pixel of the first channel in the blocked array. */
async function measureBlock(): Promise<number> {
  const channels = 64;
  const x = input('x', [1, channels, 1, 2]);
  const y = apply('ToBlocks', [x]);
  try {
    const graph = await compile(
      { name: 'block', inputs: { x }, outputs: { y } },
      { threads: 1, lower: false },
    );
    const data = new Float32Array(2 * channels);
    data[1] = 1;
    const { y: blocked } = await graph.run({ x: { dtype: 'float32', dims: [1, channels, 1, 2], data } });
    await graph.close();
    return (blocked!.data as Float32Array).indexOf(1);
  } catch {
    return 0;
  }
}
