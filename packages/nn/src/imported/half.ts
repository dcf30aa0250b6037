/**
 * Models of half-precision reals, in single precision: what is trained in steps smaller than a half's spacing would stay where it is.
 * The model that is written is in single precision too; a converter makes it half again.
 */
import {
  applyMany,
  constant,
  DTYPES,
  type Graph,
  type HostTensor,
  halfValue,
  input,
  leavesOf,
  type Node,
  rebuild,
  type Tensor,
  topologicalOrder,
  type Value,
  withOutputs,
} from '@gradus/engine';

/** The graph with float32 wherever it has float16: constants, inputs and what nodes are told to make. */
export function inSinglePrecision(graph: Graph): Graph {
  const nodes = topologicalOrder(Object.values(graph.outputs));
  const isHalf = ({ dtype }: Value) => dtype === 'float16';
  if (!leavesOf(graph).some(isHalf) && !nodes.some(({ outputs }) => outputs.some(isHalf))) return graph;
  const values = new Map<Value, Tensor>();
  for (const leaf of leavesOf(graph)) {
    if (!isHalf(leaf)) continue;
    const { source } = leaf;
    if (source.kind === 'input') values.set(leaf, input(source.name, leaf.shape));
    else if (source.kind === 'constant')
      values.set(leaf, constant(single(source.data), source.name, source.origin));
  }
  const inputs = Object.entries(graph.inputs).map(([name, value]) => [name, values.get(value) ?? value]);
  const outputs = rebuild(Object.values(graph.outputs), { values, node: widened });
  return withOutputs({ ...graph, inputs: Object.fromEntries(inputs) }, outputs);
}

/** Nodes that name the type that they make. */
function widened(
  { op, attributes }: Node,
  inputs: readonly (Tensor | null)[],
): readonly Tensor[] | undefined {
  const half = DTYPES.float16.onnx;
  const [x] = inputs;
  if (op === 'Cast' && attributes.to === half && x) return [x.cast('float32')];
  if (attributes.dtype === half) return applyMany(op, inputs, { ...attributes, dtype: DTYPES.float32.onnx });
  const { value } = attributes;
  if (typeof value === 'object' && 'tensor' in value && value.tensor.dtype === 'float16') {
    return applyMany(op, inputs, { ...attributes, value: { tensor: single(value.tensor) } });
  }
  return undefined;
}

const single = ({ dims, data }: HostTensor): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(data as Uint16Array, halfValue),
});
