/**
 * An elementwise graph as one loop of WebAssembly, four elements at a time. ONNX Runtime goes over its arrays once for every
 * node: ten times for a step of Adam, which takes longer than to compute it.
 *
 * Sums, products, quotients and roots of single floats are rounded alike everywhere, so the results are those of the runtime.
 */
import { type Graph, type Node, topologicalOrder, type Value } from '../../graph.ts';

/** What stands in a module before its contents: the letters, and the version. */
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const [I32, V128] = [0x7f, 0x7b];

/** Instructions by ONNX's name; all take vectors and give one. */
const INSTRUCTIONS: Readonly<Record<string, readonly number[]>> = {
  Abs: [0xfd, 0xe0, 1],
  Add: [0xfd, 0xe4, 1],
  Div: [0xfd, 0xe7, 1],
  Greater: [0xfd, 0x44],
  Less: [0xfd, 0x43],
  Max: [0xfd, 0xe9, 1],
  Min: [0xfd, 0xe8, 1],
  Mul: [0xfd, 0xe6, 1],
  Neg: [0xfd, 0xe1, 1],
  Sqrt: [0xfd, 0xe3, 1],
  Sub: [0xfd, 0xe5, 1],
};
/** (yes, no, condition) */
const SELECT = [0xfd, 0x52];
const SPLAT = [0xfd, 0x13];

const whole = (value: number): number[] => {
  const bytes: number[] = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
};
const many = (items: readonly (readonly number[])[]) => [...whole(items.length), ...items.flat()];
const sized = (bytes: readonly number[]) => [...whole(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)];
const text = (name: string) => sized([...new TextEncoder().encode(name)]);
const get = (local: number) => [0x20, ...whole(local)];
const set = (local: number) => [0x21, ...whole(local)];
const int = (value: number) => [0x41, ...whole(value)];
const single = (value: number) => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];

/** Whether `fused` can do it: elementwise ops that it knows, on arrays of one size, a multiple of four, and single numbers. */
export function isFusable({ inputs, outputs }: Graph): boolean {
  const nodes = topologicalOrder(Object.values(outputs));
  const size = Object.values(outputs)[0]?.shape[0];
  const fits = ({ dtype, shape, source }: Value) =>
    (dtype === 'float32' || (dtype === 'bool' && source.kind === 'node')) &&
    (shape.length === 0 || (shape.length === 1 && shape[0] === size));
  return (
    typeof size === 'number' &&
    size % 4 === 0 &&
    nodes.every(({ op }) => op === 'Where' || op in INSTRUCTIONS) &&
    [...Object.values(inputs), ...nodes.flatMap(({ inputs: given }) => given)].every(
      (value) => value && fits(value) && (value.source.kind !== 'constant' || value.shape.length === 0),
    ) &&
    Object.values(outputs).every(
      ({ dtype, shape }) => dtype === 'float32' && shape.length === 1 && shape[0] === size,
    )
  );
}

/**
 * The bytes of a module that exports `run(count, inputs…, outputs…)`: how many elements, and where in the memory that it
 * imports each array begins, in bytes. Inputs without axes are single numbers.
 *
 * @param pages the most that the memory may have
 */
export function fused(graph: Graph, pages: number): Uint8Array<ArrayBuffer> {
  const inputs = Object.values(graph.inputs);
  const outputs = Object.values(graph.outputs);
  const nodes = topologicalOrder(outputs);
  const parameters = 1 + inputs.length + outputs.length;
  // Local variables: the parameters, the place in the arrays (bytes), then vectors.
  const place = parameters;
  const locals = new Map<string | Value, number>();
  const local = (value: string | Value) => {
    if (!locals.has(value)) locals.set(value, parameters + 1 + locals.size);
    return locals.get(value)!;
  };
  const names = Object.keys(graph.inputs);
  const before: number[] = [];
  const loads: number[] = [];
  for (const [i, value] of inputs.entries()) {
    const at = get(1 + i);
    if (value.shape.length === 0) before.push(...at, 0x2a, 2, 0, ...SPLAT, ...set(local(names[i]!)));
    else loads.push(...at, ...get(place), 0x6a, 0xfd, 0, 4, 0, ...set(local(names[i]!)));
  }
  const read = (value: Value): number[] => {
    if (value.source.kind === 'input') return get(local(value.source.name));
    if (value.source.kind === 'node') return get(local(value));
    if (!locals.has(value)) {
      before.push(...single(value.source.data.data[0] as number), ...SPLAT, ...set(local(value)));
    }
    return get(local(value));
  };
  const body = nodes.flatMap(({ op, inputs: given, outputs: [y] }: Node) => {
    const [a, b, c] = given as readonly [Value, Value, Value];
    const operands = op === 'Where' ? [b, c, a] : given.map((value) => value!);
    return [...operands.flatMap(read), ...(op === 'Where' ? SELECT : INSTRUCTIONS[op]!), ...set(local(y!))];
  });
  const stores = outputs.flatMap((value, i) => [
    ...get(1 + inputs.length + i),
    ...get(place),
    0x6a,
    ...read(value),
    0xfd,
    0x0b,
    4,
    0,
  ]);
  const next = [...get(place), ...int(16), 0x6a, 0x22, ...whole(place)];
  const loop = [
    0x03,
    0x40,
    ...loads,
    ...body,
    ...stores,
    ...next,
    ...get(0),
    ...int(2),
    0x74,
    0x49,
    0x0d,
    0,
    0x0b,
  ];
  const code = [
    ...many([
      [1, I32],
      [...whole(locals.size), V128],
    ]),
    ...before,
    ...loop,
    0x0b,
  ];
  return Uint8Array.from([
    ...HEADER,
    ...section(1, many([[0x60, ...many(Array.from({ length: parameters }, () => [I32])), 0]])),
    ...section(2, many([[...text('host'), ...text('memory'), 2, 3, ...whole(1), ...whole(pages)]])),
    ...section(3, many([[0]])),
    ...section(7, many([[...text('run'), 0, 0]])),
    ...section(10, many([sized(code)])),
  ]);
}
