/**
 * Runs graphs on onnxruntime-node. The one place of the engine that knows it is in Node.
 *
 * A compiled graph owns an ONNX Runtime session; `close` frees it. Arrays go in and come out without copies where
 * the runtime allows it: outputs can be written into arrays that the caller keeps (`into`), which lets a training
 * loop hold its parameters in two sets that take turns.
 */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { DType } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { type Graph, topologicalOrder } from '../graph.ts';
import type { HostTensor } from '../host.ts';
import { writeOnnx } from '../onnx/write.ts';
import { apply, input } from '../tensor.ts';
import { lowerForCpu } from '../transforms/lower-for-cpu.ts';

export { readOnnxFile, type WriteFileOptions, writeOnnxFile } from '../onnx/external-data.ts';

export type Feeds = Readonly<Record<string, HostTensor>>;

export interface CompileOptions {
  /** Threads inside one op; default 0 lets the runtime take one a core. */
  readonly threads?: number;
  /** Ops replaced by what this CPU does faster (transforms/lower-for-cpu.ts). Default true; a file's bytes run as they are. */
  readonly lower?: boolean;
  /**
   * This graph runs over and over with nothing beside it, as in training: it keeps its memory between runs, and its
   * threads wait at the ready. With several graphs in turns that would only take memory and cores from one another.
   */
  readonly alone?: boolean;
}

export interface CompiledGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Computes every output, or those that `into` names when it is given, into its arrays. */
  run(feeds: Feeds, into?: Feeds): Promise<Record<string, HostTensor>>;
  close(): Promise<void>;
}

/** Makes a graph, or the bytes of a model file, ready to run. */
export async function compile(
  model: Graph | Uint8Array,
  { threads = 0, lower = true, alone = false }: CompileOptions = {},
): Promise<CompiledGraph> {
  const bytes = model instanceof Uint8Array ? model : writeOnnx(lower ? await forThisCpu(model) : model);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that wait by spinning take the cores from other sessions: 1.7 times slower with one session a batch shape.
    extra: { session: { intra_op: { allow_spinning: alone ? '1' : '0' } } },
    executionMode: 'sequential',
    // The arena keeps what it once took. Without it, large arrays come fresh from the system, page by page, at every run.
    enableCpuMemArena: alone,
    // Errors only: warnings of the runtime are about its internals and mean nothing to a user.
    logSeverityLevel: 3,
  });
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds, into) {
      const given: Record<string, OrtTensor> = {};
      for (const name of session.inputNames) {
        const value = feeds[name];
        if (!value)
          throw new GraphError(`input "${name}" is not fed; fed are ${Object.keys(feeds).join(', ')}`);
        given[name] = ortTensor(value);
      }
      const results = into
        ? await session.run(
            given,
            Object.fromEntries(Object.entries(into).map(([name, value]) => [name, ortTensor(value)])),
          )
        : await session.run(given);
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, hostTensor(value)]));
    },
    close: () => session.release(),
  };
}

/** The graph with what this CPU has special ops for. */
async function forThisCpu(graph: Graph): Promise<Graph> {
  const outputs = Object.values(graph.outputs);
  const convolves = topologicalOrder(outputs).some(({ op }) => op === 'Conv' || op === 'ConvTranspose');
  const lowered = lowerForCpu(outputs, convolves ? await blockOfChannels() : 0);
  return {
    ...graph,
    outputs: Object.fromEntries(Object.keys(graph.outputs).map((name, i) => [name, lowered[i]!])),
  };
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

function ortTensor({ dtype, dims, data }: HostTensor): OrtTensor {
  if (dtype === 'float16') {
    // The binding takes halves as bits only, but its tensor class wraps bits into an array type of halves where the
    // language has one. So the bits go in as what they are, and are named halves after.
    const halves: { type: string } = new OrtTensor('uint16', data as Uint16Array, dims);
    halves.type = 'float16';
    return halves as OrtTensor;
  }
  return new OrtTensor(dtype as 'float32', data as Float32Array, dims);
}

function hostTensor(value: OrtTensor): HostTensor {
  const data = value.data as HostTensor['data'];
  // Halves are held as their bits, also where the runtime has an array type for them.
  const halves = value.type === 'float16' && ArrayBuffer.isView(data) && !(data instanceof Uint16Array);
  return {
    dtype: value.type as DType,
    dims: value.dims,
    data: halves ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data,
  };
}
