/**
 * What a graph that is ready to run can do, wherever it runs. Node and the browser make sessions of their own
 * (node, web); how arrays go in and come out is the same in both.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import type { DType } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import type { HostTensor } from '../host.ts';
import { showShape } from '../shape.ts';

export type Device = 'cpu' | 'webgpu' | 'cuda';

export type Feeds = Readonly<Record<string, HostTensor>>;

export interface CompileOptions {
  /** Default `cpu`: in the browser WebAssembly. `cuda` needs a build of ONNX Runtime that has it. */
  readonly device?: Device | undefined;
  /** Threads inside one op; default 0 lets the runtime take one a core. */
  readonly threads?: number | undefined;
  /** Ops replaced by what the device does faster or right (transforms/lower-for-*.ts). Default true; a file's bytes run as they are. */
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
  /** What runs again and again on the same arrays, read and written where they are. */
  bind(feeds: Feeds, into: Feeds): () => Promise<void>;
  close(): Promise<void>;
}

/** The runtime's class of tensors: Node's and the browser's are two, and each knows only its own. */
export type TensorClass = new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;

/**
 * How arrays that are to hold the outputs get them: from the runtime itself, or, where its memory is not the page's,
 * afterwards. `last` names an output that keeps the runtime from handing over any (node.ts).
 */
export type Fill = 'in place' | 'by copy' | { readonly last: string };

/** A session as a compiled graph. */
export function compiledGraph(session: InferenceSession, Tensor: TensorClass, fill: Fill): CompiledGraph {
  const ortTensors = (values: Feeds) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toRuntime(value, Tensor)]));
  const last = typeof fill === 'object' ? fill.last : undefined;
  const outputs = session.outputNames.filter((name) => name !== last);
  const given = (feeds: Feeds) => {
    for (const name of session.inputNames) {
      if (!feeds[name])
        throw new GraphError(`input "${name}" is not fed; fed are ${Object.keys(feeds).join(', ')}`);
    }
    for (const expected of session.inputMetadata) requireFit(feeds[expected.name]!, expected);
    return ortTensors(Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!])));
  };
  const bind = (feeds: Feeds, into: Feeds) => {
    const inputs = given(feeds);
    if (fill === 'by copy') {
      return async () => {
        const results = await ran(session.run(inputs, Object.keys(into)));
        for (const [name, { data }] of Object.entries(into)) {
          (data as Float32Array).set(hostTensor(results[name]!).data as Float32Array);
        }
      };
    }
    const fetches = { ...(last && { [last]: null }), ...ortTensors(into) };
    return async () => {
      const done: Promise<unknown> = session.run(inputs, fetches);
      await ran(last ? done.catch(unlessHeldBack) : done);
    };
  };
  return {
    inputs: session.inputNames,
    outputs,
    bind,
    async run(feeds, into) {
      if (into) {
        await bind(feeds, into)();
        return { ...into };
      }
      const results = await ran(session.run(given(feeds), outputs));
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, hostTensor(value)]));
    },
    close: () => session.release(),
  };
}

/** @throws GraphError where a feed is of another type, or its sizes are others */
function requireFit({ dtype, dims }: HostTensor, expected: InferenceSession.ValueMetadata): void {
  if (!expected.isTensor) return;
  const fits =
    dtype === expected.type &&
    dims.length === expected.shape.length &&
    expected.shape.every((dim, i) => typeof dim === 'string' || dim === dims[i]);
  if (fits) return;
  const wanted = expected.shape.map((dim) => (dim === '' ? '?' : dim));
  throw new GraphError(
    `input "${expected.name}" is fed ${dtype}${showShape(dims)}; expected ${expected.type}${showShape(wanted)}`,
  );
}

/** @throws the error, unless it says that all was computed and nothing handed over. */
function unlessHeldBack(error: Error): void {
  if (!error.message.includes('Non tensor type is temporarily not supported')) throw error;
}

/** @throws GraphError in place of the runtime's own error, which names the node */
async function ran<T>(results: Promise<T>): Promise<T> {
  try {
    return await results;
  } catch (error) {
    throw new GraphError(`the graph cannot be computed: ${(error as Error).message}`, { cause: error });
  }
}

function toRuntime({ dtype, dims, data }: HostTensor, Tensor: TensorClass): OrtTensor {
  if (dtype === 'float16') {
    // The binding takes halves as bits only, but its tensor class wraps bits into an array type of halves where the
    // language has one. So the bits go in as what they are, and are named halves after.
    const halves: { type: string } = new Tensor('uint16' as 'float32', data as never, dims);
    halves.type = 'float16';
    return halves as OrtTensor;
  }
  return new Tensor(dtype as 'float32', data as Float32Array, dims);
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
