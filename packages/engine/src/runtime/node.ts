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
import type { Graph } from '../graph.ts';
import type { HostTensor } from '../host.ts';
import { writeOnnx } from '../onnx/write.ts';

export type Feeds = Readonly<Record<string, HostTensor>>;

export interface CompileOptions {
  /** Threads inside one op; default 0 lets the runtime take one a core. */
  readonly threads?: number;
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
  { threads = 0 }: CompileOptions = {},
): Promise<CompiledGraph> {
  const bytes = model instanceof Uint8Array ? model : writeOnnx(model);
  const session = await InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Threads that wait by spinning take the cores from other sessions: 1.7 times slower with one session a batch shape.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    executionMode: 'sequential',
    // The arena keeps what it once took; with a session for each batch shape that doubles the memory and saves no time.
    enableCpuMemArena: false,
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

function ortTensor({ dtype, dims, data }: HostTensor): OrtTensor {
  return new OrtTensor(dtype as 'float32', data as Float32Array, dims);
}

function hostTensor(value: OrtTensor): HostTensor {
  return { dtype: value.type as DType, dims: value.dims, data: value.data as HostTensor['data'] };
}
