/**
 * Runs graphs on ONNX Runtime for Node.
 *
 * A compiled graph owns an ONNX Runtime session; `close` frees it. Arrays go in and come out without copies where
 * the runtime allows it: outputs can be written into arrays that the caller keeps (`into`), which lets a training
 * loop hold its parameters in two sets that take turns.
 */

import { UserError } from '@gradus/base';
import type { InferenceSession } from 'onnxruntime-common';
import { type Graph, topologicalOrder } from '../graph.ts';
import { encodeModel } from '../onnx/wire.ts';
import { writeOnnx } from '../onnx/write.ts';
import { apply, input } from '../tensor.ts';
import { lowerForCpu } from '../transforms/lower-for-cpu.ts';
import { lowerForWebGpu } from '../transforms/lower-for-webgpu.ts';
import {
  type CompiledGraph,
  type CompileOptions,
  compiledGraph,
  type Device,
  withOutputs,
} from './compiled-graph.ts';
import { nativeRuntime, ONNX_RUNTIME_VERSION } from './node/native.ts';

/** Makes a graph, or the bytes of a model file, ready to run. */
export async function compile(
  model: Graph | Uint8Array,
  { device = 'cpu', lower = true, ...options }: CompileOptions = {},
): Promise<CompiledGraph> {
  requireDevice(device);
  if (model instanceof Uint8Array) {
    const session = await sessionOf(model, { device, ...options });
    return compiledGraph(session, nativeRuntime().Tensor, 'in place');
  }
  return open(await prepared(model, { device, lower }), { device, ...options });
}

/** A graph as bytes that `open` takes, in this thread or another. */
export async function prepared(
  graph: Graph,
  { device = 'cpu', lower = true }: Pick<CompileOptions, 'device' | 'lower'> = {},
): Promise<Uint8Array> {
  return heldBack(writeOnnx(lower ? await lowered(graph, device) : graph));
}

export async function open(bytes: Uint8Array, options: SessionOptions = {}): Promise<CompiledGraph> {
  return compiledGraph(await sessionOf(bytes, options), nativeRuntime().Tensor, { last: HELD_BACK });
}

export type SessionOptions = Omit<CompileOptions, 'lower'>;

function sessionOf(
  bytes: Uint8Array,
  { device = 'cpu', threads = 0, alone = false }: SessionOptions,
): Promise<InferenceSession> {
  return nativeRuntime().InferenceSession.create(bytes, {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that wait by spinning take the cores from other sessions: 1.7 times slower with one session a batch shape.
    extra: { session: { intra_op: { allow_spinning: alone ? '1' : '0' }, force_spinning_stop: '1' } },
    executionMode: 'sequential',
    // The arena keeps what it once took. Without it, large arrays come fresh from the system, page by page, at every run.
    enableCpuMemArena: alone,
    // Errors only: warnings of the runtime are about its internals and mean nothing to a user.
    logSeverityLevel: 3,
  });
}

/**
 * The binding copies every output into an array of its own, also those that it wrote where it was told to: for a training
 * step, all parameters and moments, into memory that is fresh each time. It does so one output after another when all are
 * computed, and gives up at one that is no tensor. So each graph has an empty list as its first output, to ask for when
 * the copies are of no use.
 *
 * Messages of the wire format that follow one another are one message: the graphs below are joined.
 */
function heldBack(model: Uint8Array): Uint8Array {
  const list = { opType: 'SequenceEmpty', name: HELD_BACK, output: [HELD_BACK] };
  return Buffer.concat([encodeModel({ graph: { node: [list], output: [{ name: HELD_BACK }] } }), model]);
}
const HELD_BACK = 'gradus:held-back';

const MISSING: Readonly<Record<Exclude<Device, 'cpu'>, string>> = {
  webgpu: 'this build of ONNX Runtime has no WebGPU; it has it on Linux x64, Windows and macOS',
  cuda: `CUDA is not there: on Linux x64 with CUDA 12 installed, run \`npm i onnxruntime-node@${ONNX_RUNTIME_VERSION}\` and \`node node_modules/onnxruntime-node/script/install.js\``,
};

function requireDevice(device: Device): void {
  if (device === 'cpu') return;
  if (
    !nativeRuntime()
      .listSupportedBackends()
      .some(({ name }) => name === device)
  ) {
    throw new UserError(`cannot run on "${device}": ${MISSING[device]}. The CPU always works`);
  }
}

/** The graph with what the device does faster, or right. */
async function lowered(graph: Graph, device: Device): Promise<Graph> {
  if (device === 'cuda') return graph;
  const outputs = Object.values(graph.outputs);
  if (device === 'webgpu') return withOutputs(graph, lowerForWebGpu(outputs));
  const convolves = topologicalOrder(outputs).some(({ op }) => op === 'Conv' || op === 'ConvTranspose');
  return withOutputs(graph, lowerForCpu(outputs, convolves ? await blockOfChannels() : 0));
}

/** How many channels a block holds on this CPU; 0 where the runtime has no blocked convolutions for it. */
export function blockOfChannels(): Promise<number> {
  measured ??= measureBlock();
  return measured;
}
let measured: Promise<number> | undefined;

/** Found out by looking: where in the blocked array the second pixel of the first channel lies. */
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
