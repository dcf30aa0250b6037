/** Runs a graph over many rows in batches of bounded size, and concatenates the results. */
import { DTYPES, type HostTensor, input, leavesOf, rebuild, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';

/** Elements of the inputs that are taken at a time. */
const MOST_ELEMENTS = 1 << 23;

/** The outputs for all rows, which are the first axis of every input and output. */
export async function runRows(
  outputs: ReadonlyMap<string, Tensor>,
  feeds: ReadonlyMap<string, HostTensor>,
  rows: number,
): Promise<Map<string, HostTensor>> {
  const parts = new Map<string, HostTensor[]>([...outputs.keys()].map((name) => [name, []]));
  for await (const results of batches(outputs, feeds, rows)) {
    for (const [name, part] of results) parts.get(name)!.push(part);
  }
  return new Map([...parts].map(([name, list]) => [name, joined(list, outputs.get(name)!)]));
}

/** The outputs for some rows after the others. */
export async function* batches(
  outputs: ReadonlyMap<string, Tensor>,
  feeds: ReadonlyMap<string, HostTensor>,
  rows: number,
): AsyncGenerator<ReadonlyMap<string, HostTensor>> {
  // Graphs are not run without rows: the runtime's TopK ends the process then.
  if (rows === 0 || outputs.size === 0) return;
  const names = [...outputs.keys()];
  const inputs = inputsOf(outputs.values());
  // A column may have any name; inside, inputs and outputs have names of their own.
  const inner = new Map(
    [...inputs.values()].map((value, i) => [value, input(`input ${i}`, value.shape, value.dtype)]),
  );
  const fed = [...inputs.keys()].map((name, i) => [`input ${i}`, feeds.get(name)!] as const);
  const elements = fed.reduce((sum, [, { data }]) => sum + data.length, 0);
  const size = Math.max(1, Math.floor(MOST_ELEMENTS / Math.max(1, elements / rows)));
  const rebuilt = rebuild([...outputs.values()], { values: inner });
  const compiled = await compile({
    name: 'process',
    inputs: Object.fromEntries([...inner.values()].map((value, i) => [`input ${i}`, value])),
    outputs: Object.fromEntries(rebuilt.map((value, i) => [`output ${i}`, value])),
  });
  try {
    for (let from = 0; from < rows; from += size) {
      const to = Math.min(rows, from + size);
      const results = await compiled.run(
        Object.fromEntries(fed.map(([name, tensor]) => [name, rowsOf(tensor, from, to)])),
      );
      yield new Map(names.map((name, i) => [name, results[`output ${i}`]!]));
    }
  } finally {
    await compiled.close();
  }
}

/** The inputs that some values need, by name, in order of first use. */
export function inputsOf(values: Iterable<Tensor>): Map<string, Tensor> {
  const outputs = Object.fromEntries([...values].map((value, i) => [i, value]));
  const leaves = leavesOf({ name: '', inputs: {}, outputs }) as Tensor[];
  return new Map(
    leaves.flatMap((leaf) => (leaf.source.kind === 'input' ? [[leaf.source.name, leaf] as const] : [])),
  );
}

function rowsOf(tensor: HostTensor, from: number, to: number): HostTensor {
  const { dtype, dims, data } = tensor;
  if (from === 0 && to === dims[0]) return tensor;
  const size = data.length / dims[0]!;
  const part = ArrayBuffer.isView(data)
    ? data.subarray(from * size, to * size)
    : data.slice(from * size, to * size);
  return { dtype, dims: [to - from, ...dims.slice(1)], data: part };
}

/** Some rows of a tensor, in the order of `rows`. */
export function pickRows({ dtype, dims, data }: HostTensor, rows: ArrayLike<number>): HostTensor {
  const size = dims.slice(1).reduce((a, b) => a * b, 1);
  const shape = [rows.length, ...dims.slice(1)];
  if (!ArrayBuffer.isView(data)) {
    const picked = Array.from(rows).flatMap((row) => data.slice(row * size, (row + 1) * size));
    return { dtype, dims: shape, data: picked };
  }
  const picked = new (data.constructor as Float32ArrayConstructor)(rows.length * size);
  for (let i = 0; i < rows.length; i++) {
    picked.set((data as Float32Array).subarray(rows[i]! * size, (rows[i]! + 1) * size), i * size);
  }
  return { dtype, dims: shape, data: picked };
}

function joined(parts: readonly HostTensor[], { dtype, shape }: Tensor): HostTensor {
  if (parts.length === 1) return parts[0]!;
  const array = DTYPES[dtype].array as Float32ArrayConstructor | undefined;
  if (parts.length === 0) {
    // Without rows, sizes that only rows determine are 0.
    const dims = shape.map((dim, i) => (i === 0 || typeof dim === 'string' ? 0 : dim));
    return { dtype, dims, data: array ? new array(0) : [] };
  }
  const dims = [parts.reduce((sum, part) => sum + part.dims[0]!, 0), ...parts[0]!.dims.slice(1)];
  if (!array) return { dtype, dims, data: parts.flatMap(({ data }) => data as readonly string[]) };
  const data = new array(dims.reduce((a, b) => a * b, 1));
  let at = 0;
  for (const part of parts) {
    data.set(part.data as Float32Array, at);
    at += part.data.length;
  }
  return { dtype, dims, data };
}
