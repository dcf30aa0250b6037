/**
 * What a graph takes to run, before it runs. A file of a hundred bytes can ask for a value of terabytes; the runtime would take
 * memory for it until the system ends the process. So the graph is inferred once more with the sizes that are fed, value by value,
 * and refused by the name of the op where a value, or all that are held at one time, is more than the machine has left.
 *
 * Sizes that depend on the values of others (the shape of Expand, the count of NonZero) are unknown here until those are computed:
 * `measureOf` names them, and staged.ts computes them first.
 */
import { availableMemory, constrainedMemory } from 'node:process';
import { UserError } from '@gradus/base';
import { DTYPES } from '../../dtype.ts';
import { GraphError } from '../../errors.ts';
import { type Node, topologicalOrder, type Value } from '../../graph.ts';
import { schemaOf } from '../../op-schema.ts';
import { isStatic, showShape } from '../../shape.ts';
import { applyMany, Tensor } from '../../tensor.ts';

/** Ops whose outputs' sizes depend on values, and are never larger than what those ops are given. */
const BOUNDED = new Set([
  'NonZero',
  'Compress',
  'Unique',
  'NonMaxSuppression',
  'StringSplit',
  'StringNormalizer',
]);

export interface Measure {
  /** The most bytes that are held at one time, but for constants and what is fed. */
  readonly peak: number;
  readonly largest: { readonly bytes: number; readonly what: string };
  /** Values that must be computed before the sizes of the others can be known. */
  readonly first: readonly Value[];
}

/** Bytes of an element; of a text, what a short one takes. */
const width = ({ dtype }: Value): number => DTYPES[dtype].bytes || 32;

const bytesOf = (value: Value): number =>
  width(value) * (value.shape as readonly number[]).reduce((product, size) => product * size, 1);

/**
 * @param given What takes the place of values: what is fed, in its sizes, and what was computed before
 * @throws GraphError where the graph does not take these sizes
 */
function measure(outputs: readonly Value[], given: ReadonlyMap<Value, Tensor>): Measure {
  const made = new Map<Value, Tensor>(given);
  const first = new Set<Value>();
  const nodes = needed(outputs, given);
  const uses = usesOf(nodes, outputs);
  const isOutput = new Set(outputs);
  let [held, peak] = [0, 0];
  let largest = { bytes: 0, what: '' };
  for (const node of nodes) {
    const inputs = node.inputs.map((value) => value && (made.get(value) ?? leafOf(value)));
    // What it takes is not known itself.
    if (inputs.some((value) => value === undefined)) continue;
    const results = applyMany(node.op, inputs as (Tensor | null)[], node.attributes);
    if (!results.every(({ shape }) => isStatic(shape))) {
      for (const value of unknownOf(node, inputs as (Tensor | null)[], given)) first.add(value);
      continue;
    }
    const dying = node.inputs.filter(
      (value): value is Value =>
        value !== null && uses.get(value) === 1 && value.source.kind === 'node' && !given.has(value),
    );
    const freed = dying.reduce((sum, value) => sum + bytesOf(made.get(value)!), 0);
    let taken = 0;
    for (const [i, output] of node.outputs.entries()) {
      made.set(output, results[i]!);
      const bytes = bytesOf(results[i]!);
      // Outputs are copied for the program that asked.
      taken += bytes * (isOutput.has(output) ? 2 : 1);
      if (bytes > largest.bytes)
        largest = { bytes, what: shown(node, inputs as (Tensor | null)[], results[i]!) };
    }
    // Elementwise ops write over what nobody needs any more.
    const inPlace = schemaOf(node.op).elementwise ? Math.min(freed, taken) : 0;
    peak = Math.max(peak, held + taken - inPlace);
    held += taken - freed;
    for (const value of node.inputs) if (value) uses.set(value, uses.get(value)! - 1);
  }
  return { peak, largest, first: [...first] };
}

/** The nodes that `outputs` need, each after those that it needs, where `given` is there already. */
function needed(outputs: readonly Value[], given: ReadonlyMap<Value, Tensor>): Node[] {
  const wanted = new Set<Node>();
  const order = topologicalOrder(outputs);
  const want = (value: Value | null) => {
    if (value?.source.kind === 'node' && !given.has(value)) wanted.add(value.source.node);
  };
  outputs.forEach(want);
  for (const node of order.toReversed()) if (wanted.has(node)) node.inputs.forEach(want);
  return order.filter((node) => wanted.has(node));
}

/** How often each value is read; the graph's outputs once more, since they stay. */
function usesOf(nodes: readonly Node[], outputs: readonly Value[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value | null) => value && uses.set(value, (uses.get(value) ?? 0) + 1);
  outputs.forEach(count);
  for (const { inputs } of nodes) inputs.forEach(count);
  return uses;
}

/** Constants are what they are; of values that were not made undefined. */
const leafOf = (value: Value): Tensor | undefined =>
  value.source.kind === 'constant' || (value.source.kind === 'input' && isStatic(value.shape))
    ? new Tensor(value.dtype, value.shape, value.source)
    : undefined;

/** What must be computed for a node's sizes to be known: the few numbers that it reads, or the node itself. */
function unknownOf(
  node: Node,
  inputs: readonly (Tensor | null)[],
  given: ReadonlyMap<Value, Tensor>,
): readonly Value[] {
  if (BOUNDED.has(node.op)) return node.outputs;
  const operands = node.inputs.filter(
    (value, i): value is Value =>
      value?.source.kind === 'node' &&
      (i > 0 || SHAPES_ONLY.has(node.op)) &&
      !given.has(value) &&
      bytesOf(inputs[i]!) <= LARGEST_OPERAND,
  );
  return operands.length > 0 ? operands : node.outputs;
}

/** Ops whose first input, too, says how large the output is. */
const SHAPES_ONLY = new Set([
  'ConstantOfShape',
  'Range',
  'HannWindow',
  'HammingWindow',
  'BlackmanWindow',
  'MelWeightMatrix',
]);
/** Bytes: shapes, paddings and counts are a few numbers. */
const LARGEST_OPERAND = 4096;

function shown({ op }: Node, inputs: readonly (Tensor | null)[], output: Tensor): string {
  const types = inputs.map((value) => (value ? `${value.dtype}${showShape(value.shape)}` : '–')).join(', ');
  return `${op}(${types}) makes ${output.dtype}${showShape(output.shape)}`;
}

/** Below this nobody asks how much memory there is. */
const LITTLE = 64 * 2 ** 20;

/**
 * Whether there is room for a run. One value may take half of what is left, all together the whole.
 *
 * @throws UserError that names the op, and how much there is
 */
export function requireMemory({ peak, largest }: Measure): void {
  if (peak < LITTLE) return;
  const left = Math.min(availableMemory(), constrainedMemory() || Number.POSITIVE_INFINITY);
  if (largest.bytes <= left / 2 && peak <= left) return;
  const [value, all, there] = [largest.bytes, peak, left].map(inGigabytes);
  throw new UserError(
    largest.bytes > left / 2
      ? {
          en: `${largest.what}: that takes ${value} of memory, and ${there} is left on this machine, half of which one value may take. Feed less at a time, or a smaller model`,
          zh: `${largest.what}：需要 ${value} 内存，而本机剩余 ${there}，单个值最多占一半。请减少一次输入的数据，或换用更小的模型`,
        }
      : {
          en: `the graph holds ${all} at one time, most of it where ${largest.what}; ${there} is left on this machine. Feed less at a time, or a smaller model`,
          zh: `该计算图同时占用 ${all} 内存，最大的一处是 ${largest.what}；本机剩余 ${there}。请减少一次输入的数据，或换用更小的模型`,
        },
  );
}

const inGigabytes = (bytes: number): string =>
  bytes < 1e12
    ? `${(bytes / 1e9).toFixed(1)} GB`
    : `${(bytes / 1e12).toLocaleString('en', { maximumFractionDigits: 1 })} TB`;

/** The measure, or undefined where our rules and the sizes do not go together: the runtime says why, in its own words. */
export function measureOf(outputs: readonly Value[], given: ReadonlyMap<Value, Tensor>): Measure | undefined {
  try {
    return measure(outputs, given);
  } catch (error) {
    if (error instanceof GraphError) return undefined;
    throw error;
  }
}
