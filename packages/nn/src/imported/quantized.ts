/**
 * Quantized models train quantization-aware (Jacob et al., "Quantization and Training of Neural Networks for Efficient
 * Integer-Arithmetic-Only Inference", 2018). In a file each weight is whole numbers behind a DequantizeLinear. Here it becomes reals
 * behind a QuantizeLinear and that DequantizeLinear: the model computes with the rounded weight, and the reals are trained straight
 * through the rounding. Biases (32-bit numbers) are so fine that they need no rounding. When the model is written, the weights
 * are whole numbers again, at the scales of the file.
 */
import {
  apply,
  constant,
  type Graph,
  type HostTensor,
  intAttribute,
  type Node,
  rebuild,
  Tensor,
  topologicalOrder,
  type Value,
  withOutputs,
} from '@gradus/engine';

/** The whole numbers that a type of weights holds. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** A weight that was whole numbers: the values of the file, and the node that makes them reals. */
interface Quantized {
  readonly node: Node;
  readonly whole: Value;
  readonly scales: Scales;
}

/** real = scale × (whole − zero), for each position along an axis or once for all. */
interface Scales {
  readonly scale: Float32Array;
  readonly zero: ArrayLike<number>;
  /** How many elements of the weight, one after the other, have one scale. */
  readonly run: number;
}

export interface RealWeights {
  readonly graph: Graph;
  /** How a weight, by its name, becomes what it was in the file. */
  readonly quantizers: ReadonlyMap<string, Quantizer>;
}

export interface Quantizer {
  /** The weight as whole numbers. */
  whole(reals: HostTensor): Tensor;
  /** What they stand for. */
  real(whole: Tensor): Tensor;
}

/** The graph with its weights as reals. @param uniqueName keeps the names of weights apart */
export function withRealWeights(graph: Graph, uniqueName: (name: string) => string): RealWeights {
  const quantizers = new Map<string, Quantizer>();
  const values = new Map<Value, Tensor>();
  for (const node of topologicalOrder(Object.values(graph.outputs))) {
    const found = quantizedWeight(node);
    if (!found) continue;
    const { whole, scales } = found;
    const [, scale, zero] = node.inputs as (Tensor | null)[];
    const name = uniqueName(nameOf(whole));
    const real = constant(dequantized(whole, scales), name);
    const back = (tensor: Tensor): Tensor =>
      apply('DequantizeLinear', [tensor, scale!, zero ?? null].slice(0, node.inputs.length), node.attributes);
    quantizers.set(name, { whole: (reals) => constant(quantized(reals, scales, whole), name), real: back });
    const rounded =
      whole.dtype === 'int32'
        ? real
        : back(apply('QuantizeLinear', [real, scale!, zeroOf(node)], axisOnly(node)));
    values.set(node.outputs[0]!, rounded);
  }
  if (values.size === 0) return { graph, quantizers };
  return { graph: withOutputs(graph, rebuild(Object.values(graph.outputs), { values })), quantizers };
}

function quantizedWeight(node: Node): Quantized | undefined {
  const [whole, scale, zero] = node.inputs;
  if (node.op !== 'DequantizeLinear' || intAttribute(node.attributes, 'block_size', 0) > 0) return undefined;
  if (whole?.source.kind !== 'constant' || scale?.source.kind !== 'constant' || scale.dtype !== 'float32') {
    return undefined;
  }
  if (!RANGES[whole.dtype] || (zero && zero.source.kind !== 'constant')) return undefined;
  const axis = intAttribute(node.attributes, 'axis', 1);
  const shape = whole.shape as readonly number[];
  const from = axis < 0 ? axis + shape.length : axis;
  const scales = scale.source.data.data as Float32Array;
  const zeros = zero?.source.kind === 'constant' ? (zero.source.data.data as Int8Array) : undefined;
  const run = scales.length === 1 ? whole.source.data.data.length : product(shape.slice(from + 1));
  return {
    node,
    whole,
    scales: { scale: scales, zero: zeros ?? new Int8Array(scales.length), run: run || 1 },
  };
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const nameOf = ({ source }: Value): string =>
  source.kind === 'constant' ? (source.name ?? 'weight') : 'weight';

/** QuantizeLinear takes the type of its result from the zero point. */
function zeroOf({ inputs: [whole, scale, zero] }: Node): Tensor {
  if (zero instanceof Tensor) return zero;
  const data = new Int8Array(product(scale!.shape as readonly number[]));
  const dtype = whole!.dtype as 'int8';
  return constant({ dtype, dims: scale!.shape as readonly number[], data });
}

const axisOnly = ({ attributes: { axis } }: Node) => (axis === undefined ? {} : { axis });

const at = ({ scale, run }: Scales, i: number): number => Math.floor(i / run) % scale.length;

function dequantized({ source }: Value, scales: Scales): HostTensor {
  const { dims, data } = (source as { data: HostTensor }).data;
  const whole = data as Int8Array;
  const reals = Float32Array.from(whole, (value, i) => {
    const k = at(scales, i);
    return Math.fround(value - scales.zero[k]!) * scales.scale[k]!;
  });
  return { dtype: 'float32', dims, data: reals };
}

function quantized({ dims, data }: HostTensor, scales: Scales, { dtype, source }: Value): HostTensor {
  const [low, high] = RANGES[dtype]!;
  const reals = data as Float32Array;
  const whole = ((source as { data: HostTensor }).data.data as Int8Array).slice();
  for (const [i, value] of reals.entries()) {
    const k = at(scales, i);
    const steps = roundHalfEven(Math.fround(value / scales.scale[k]!)) + scales.zero[k]!;
    whole[i] = Math.min(Math.max(steps, low), high);
  }
  return { dtype, dims, data: whole };
}

/** As QuantizeLinear rounds. */
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
}
