/**
 * A compiled graph, wherever it runs. Node and the browser make sessions of their own (./node, ./web); feeding inputs and
 * fetching outputs is the same in both.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { DTYPES, type DType } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import type { HostTensor } from '../host.ts';
import { hostTensorOf, isHostTensor, type Numbers, shown } from '../host-arrays.ts';
import { showShape } from '../shape.ts';
import { runtimeError } from './runtime-errors.ts';

export type Device = 'cpu' | 'webgpu' | 'cuda';

export type Convolutions = 'blocks' | 'plain';

export type Feeds = Readonly<Record<string, HostTensor>>;

/** Feeds as people write them: lists of numbers become tensors of the input's dtype. */
export type Given = Readonly<Record<string, HostTensor | Numbers>>;

export interface CompileOptions {
  /** Default `cpu`: in the browser WebAssembly. `cuda` needs a build of ONNX Runtime that has it. */
  readonly device?: Device | undefined;
  /** Threads inside one op; default 0 lets the runtime take one a core. */
  readonly threads?: number | undefined;
  /** Replaces ops that the device computes faster, or right, by way of others (transforms/lower-for-*.ts). Default true; the bytes of a file run as they are. */
  readonly lower?: boolean;
  /** Whether large convolutions are computed in blocks of channels or as the runtime computes them; where `lower` is true. Default `blocks`. */
  readonly convolutions?: Convolutions | undefined;
  /**
   * This graph runs again and again with no other beside it, as in training: it keeps its memory between runs, and its threads
   * spin while they wait. Several graphs in turns would only take memory and cores from one another.
   */
  readonly alone?: boolean;
}

export interface CompiledGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Computes every output, or with `into` those that it names, into its arrays. */
  run(feeds: Given, into?: Feeds): Promise<Record<string, HostTensor>>;
  /** A function that runs the graph on these very arrays, which it reads and writes in place. */
  bind(feeds: Feeds, into: Feeds): () => Promise<void>;
  close(): Promise<void>;
}

/** The runtime's class of tensors: Node's and the browser's are two, and each knows only its own. */
export type TensorClass = new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;

/**
 * How the arrays of `into` receive the outputs: written by the runtime in place, or, where its memory is not the page's, copied
 * afterwards. `barrier` names an output that keeps the runtime from copying the others (node/sessions.ts).
 */
export type Fill = 'in place' | 'by copy' | { readonly barrier: string };

/** A session as a compiled graph. */
export function compiledGraph(session: InferenceSession, Tensor: TensorClass, fill: Fill): CompiledGraph {
  const ortTensors = (values: Feeds) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toRuntime(value, Tensor)]));
  const barrier = typeof fill === 'object' ? fill.barrier : undefined;
  const outputs = session.outputNames.filter((name) => name !== barrier);
  const checkedInputs = (given: Given) => {
    for (const name of session.inputNames) {
      if (given[name] === undefined || given[name] === null)
        throw new GraphError(`input "${name}" is not fed; fed are ${Object.keys(given).join(', ')}`);
    }
    const feeds = session.inputMetadata.map((expected) => {
      const fed = fedTensor(given[expected.name]!, expected);
      requireFit(fed, expected);
      return [expected.name, fed] as const;
    });
    return ortTensors(Object.fromEntries(feeds));
  };
  const bind = (feeds: Given, into: Feeds) => {
    const inputs = checkedInputs(feeds);
    if (fill === 'by copy') {
      return async () => {
        const results = await explained(session.run(inputs, Object.keys(into)));
        for (const [name, { data }] of Object.entries(into)) {
          (data as Float32Array).set(hostTensor(results[name]!).data as Float32Array);
        }
      };
    }
    const fetches = { ...(barrier && { [barrier]: null }), ...ortTensors(into) };
    return async () => {
      const done: Promise<unknown> = session.run(inputs, fetches);
      await explained(barrier ? done.catch(unlessBarrier) : done);
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
      const results = await explained(session.run(checkedInputs(feeds), outputs));
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, hostTensor(value)]));
    },
    close: () => session.release(),
  };
}

/** @throws GraphError where it is neither a tensor nor numbers */
function fedTensor(value: HostTensor | Numbers, expected: InferenceSession.ValueMetadata): HostTensor {
  if (isHostTensor(value) || !expected.isTensor) return value as HostTensor;
  try {
    return hostTensorOf(value, expected.type as DType);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw new GraphError(`input "${expected.name}": ${error.message}`, { cause: error });
  }
}

/** @throws GraphError where a feed is of another type, its sizes are others, or its array does not hold them */
function requireFit({ dtype, dims, data }: HostTensor, expected: InferenceSession.ValueMetadata): void {
  if (!expected.isTensor) return;
  const fits =
    dtype === expected.type &&
    dims.length === expected.shape.length &&
    expected.shape.every((dim, i) => typeof dim === 'string' || dim === dims[i]);
  if (fits) {
    const array = DTYPES[dtype]?.array;
    const size = dims.reduce((a, b) => a * b, 1);
    if ((!array || data instanceof array) && data.length === size) return;
    throw new GraphError(
      `input "${expected.name}": ${dtype}${showShape(dims)} is held in a ${array?.name ?? 'list'} of ${size}, not in ${shown(data)}`,
    );
  }
  const shape = expected.shape.map((dim) => (dim === '' ? '?' : dim));
  throw new GraphError(
    `input "${expected.name}" is fed ${dtype}${showShape(dims)}; expected ${expected.type}${showShape(shape)}`,
  );
}

/** @throws the error, unless it is that of the barrier: all outputs are computed and none was copied. */
function unlessBarrier(error: Error): void {
  if (!error.message.includes('Non tensor type is temporarily not supported')) throw error;
}

/** @throws GraphError naming the op */
async function explained<T>(results: Promise<T>): Promise<T> {
  try {
    return await results;
  } catch (error) {
    throw runtimeError(error);
  }
}

function toRuntime({ dtype, dims, data }: HostTensor, Tensor: TensorClass): OrtTensor {
  if (dtype === 'float16') {
    // The binding takes float16 as bits only, but its tensor class would wrap them into a Float16Array where the language has one.
    // So the tensor is made as uint16, and renamed afterwards.
    const float16: { type: string } = new Tensor('uint16' as 'float32', data as never, dims);
    float16.type = 'float16';
    return float16 as OrtTensor;
  }
  return new Tensor(dtype as 'float32', data as Float32Array, dims);
}

function hostTensor(value: OrtTensor): HostTensor {
  const data = value.data as HostTensor['data'];
  // Gradus holds float16 as bits, also where the runtime has an array type for it.
  const float16 = value.type === 'float16' && ArrayBuffer.isView(data) && !(data instanceof Uint16Array);
  return {
    dtype: value.type as DType,
    dims: value.dims,
    data: float16 ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data,
  };
}
