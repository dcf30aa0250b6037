/**
 * Compiles an elementwise graph to one loop of WebAssembly, four elements at a time. ONNX Runtime passes over its arrays once a
 * node: ten times for a step of Adam, where moving memory takes longer than computing.
 *
 * IEEE 754 fixes how sums, products, quotients and roots of floats are rounded, so the results equal those of the runtime.
 */
import { type Graph, type Node, topologicalOrder, type Value } from '../../../graph.ts';

/** The magic number and the version of a module. */
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const [I32, V128] = [0x7f, 0x7b];
/** A type without results, and the type of functions. */
const [VOID, FUNCTION] = [0x40, 0x60];
/** Opcodes by the names of the specification; loads and stores with their alignment and offset. */
const [LOOP, BR_IF, END] = [0x03, 0x0d, 0x0b];
const [LOCAL_GET, LOCAL_SET, LOCAL_TEE] = [0x20, 0x21, 0x22];
const [I32_CONST, F32_CONST] = [0x41, 0x43];
const [I32_ADD, I32_SHL, I32_LT_U] = [0x6a, 0x74, 0x49];
const F32_LOAD = [0x2a, 2, 0];
const [V128_LOAD, V128_STORE] = [
  [0xfd, 0, 4, 0],
  [0xfd, 0x0b, 4, 0],
];

const SECTIONS = { types: 1, imports: 2, functions: 3, exports: 7, code: 10 };

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
/** Where: (yes, no, condition) */
const SELECT = [0xfd, 0x52];
const SPLAT = [0xfd, 0x13];

/** Whether one vector instruction computes the op. */
export const hasInstruction = (op: string): boolean => op === 'Where' || op in INSTRUCTIONS;

const leb128 = (value: number): number[] => {
  const bytes: number[] = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
};
const list = (items: readonly (readonly number[])[]) => [...leb128(items.length), ...items.flat()];
const sized = (bytes: readonly number[]) => [...leb128(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)];
const text = (name: string) => sized([...new TextEncoder().encode(name)]);
const get = (local: number) => [LOCAL_GET, ...leb128(local)];
const set = (local: number) => [LOCAL_SET, ...leb128(local)];
const int = (value: number) => [I32_CONST, ...leb128(value)];
const single = (value: number) => [F32_CONST, ...new Uint8Array(Float32Array.of(value).buffer)];

/** Whether `compileLoop` can compile the graph: known elementwise ops on scalars and arrays of one size, a multiple of four. */
export function isLoop({ inputs, outputs }: Graph): boolean {
  const nodes = topologicalOrder(Object.values(outputs));
  const size = Object.values(outputs)[0]?.shape[0];
  const fits = ({ dtype, shape, source }: Value) =>
    (dtype === 'float32' || (dtype === 'bool' && source.kind === 'node')) &&
    (shape.length === 0 || (shape.length === 1 && shape[0] === size));
  return (
    typeof size === 'number' &&
    size % 4 === 0 &&
    nodes.every(({ op }) => hasInstruction(op)) &&
    [...Object.values(inputs), ...nodes.flatMap((node) => node.inputs)].every(
      (value) => value && fits(value) && (value.source.kind !== 'constant' || value.shape.length === 0),
    ) &&
    Object.values(outputs).every(
      ({ dtype, shape }) => dtype === 'float32' && shape.length === 1 && shape[0] === size,
    )
  );
}

/**
 * The bytes of a module that exports `run(count, inputs…, outputs…)`: the number of elements, and the byte offset of each array
 * in the memory that it imports. Inputs without axes are scalars.
 *
 * @param pages the largest size of the memory
 */
export function compileLoop(graph: Graph, pages: number): Uint8Array<ArrayBuffer> {
  const inputs = Object.values(graph.inputs);
  const outputs = Object.values(graph.outputs);
  const nodes = topologicalOrder(outputs);
  const parameters = 1 + inputs.length + outputs.length;
  // Local variables: the parameters, the byte offset within the arrays, then vectors.
  const offset = parameters;
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
    if (value.shape.length === 0) before.push(...at, ...F32_LOAD, ...SPLAT, ...set(local(names[i]!)));
    else loads.push(...at, ...get(offset), I32_ADD, ...V128_LOAD, ...set(local(names[i]!)));
  }
  const read = (value: Value): number[] => {
    if (value.source.kind === 'input') return get(local(value.source.name));
    if (value.source.kind === 'node') return get(local(value));
    if (!locals.has(value)) {
      before.push(...single(value.source.data.data[0] as number), ...SPLAT, ...set(local(value)));
    }
    return get(local(value));
  };
  const body = nodes.flatMap((node: Node) => {
    const {
      op,
      outputs: [y],
    } = node;
    const [a, b, c] = node.inputs as readonly [Value, Value, Value];
    const operands = op === 'Where' ? [b, c, a] : node.inputs.map((value) => value!);
    return [...operands.flatMap(read), ...(op === 'Where' ? SELECT : INSTRUCTIONS[op]!), ...set(local(y!))];
  });
  const stores = outputs.flatMap((value, i) => [
    ...get(1 + inputs.length + i),
    ...get(offset),
    I32_ADD,
    ...read(value),
    ...V128_STORE,
  ]);
  const next = [...get(offset), ...int(16), I32_ADD, LOCAL_TEE, ...leb128(offset)];
  const loop = [
    LOOP,
    VOID,
    ...loads,
    ...body,
    ...stores,
    ...next,
    ...get(0),
    ...int(2),
    I32_SHL,
    I32_LT_U,
    BR_IF,
    0,
    END,
  ];
  const code = [
    ...list([
      [1, I32],
      [...leb128(locals.size), V128],
    ]),
    ...before,
    ...loop,
    END,
  ];
  return Uint8Array.from([
    ...HEADER,
    ...section(
      SECTIONS.types,
      list([[FUNCTION, ...list(Array.from({ length: parameters }, () => [I32])), 0]]),
    ),
    ...section(
      SECTIONS.imports,
      list([[...text('host'), ...text('memory'), 2, 3, ...leb128(1), ...leb128(pages)]]),
    ),
    ...section(SECTIONS.functions, list([[0]])),
    ...section(SECTIONS.exports, list([[...text('run'), 0, 0]])),
    ...section(SECTIONS.code, list([sized(code)])),
  ]);
}
