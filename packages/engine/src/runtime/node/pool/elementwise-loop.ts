/**
 * Compiles an elementwise graph to one loop of WebAssembly, four elements at a time. ONNX Runtime passes over its arrays once a
 * node: ten times for a step of Adam, where moving memory takes longer than computing.
 *
 * IEEE 754 fixes how sums, products, quotients and roots of floats are rounded, so the results equal those of the runtime.
 */
import { wasm, wasmModule } from '@gradus/base';
import { type Graph, type Node, topologicalOrder, type Value } from '../../../graph.ts';

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

/** Whether one vector instruction computes the op. */
export const hasInstruction = (op: string): boolean => op === 'Where' || op in INSTRUCTIONS;

const { get, set, i32, f32, v128 } = wasm;

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
 */
export function compileLoop(graph: Graph): Uint8Array<ArrayBuffer> {
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
    if (value.shape.length === 0)
      before.push(...at, ...f32.load(), ...v128.f32x4Splat, ...set(local(names[i]!)));
    else loads.push(...at, ...get(offset), ...i32.add, ...v128.load(), ...set(local(names[i]!)));
  }
  const read = (value: Value): number[] => {
    if (value.source.kind === 'input') return get(local(value.source.name));
    if (value.source.kind === 'node') return get(local(value));
    if (!locals.has(value)) {
      const number = f32.const(value.source.data.data[0] as number);
      before.push(...number, ...v128.f32x4Splat, ...set(local(value)));
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
    return [
      ...operands.flatMap(read),
      ...(op === 'Where' ? v128.bitselect : INSTRUCTIONS[op]!),
      ...set(local(y!)),
    ];
  });
  const stores = outputs.flatMap((value, i) => [
    ...get(1 + inputs.length + i),
    ...get(offset),
    ...i32.add,
    ...read(value),
    ...v128.store(),
  ]);
  const next = [...get(offset), ...i32.const(16), ...i32.add, ...wasm.tee(offset)];
  const goesOn = [...next, ...get(0), ...i32.const(2), ...i32.shl, ...i32.ltU];
  const run = {
    name: 'run',
    parameters: Array.from({ length: parameters }, () => 'i32' as const),
    locals: ['i32' as const, ...Array.from(locals, () => 'v128' as const)],
    code: [...before, ...wasm.loop([...loads, ...body, ...stores, ...goesOn])],
  };
  return wasmModule([run]);
}
