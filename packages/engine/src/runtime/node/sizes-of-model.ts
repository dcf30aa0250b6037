/**
 * The graph of a model file for its sizes alone: large weights stand in it as inputs, so that gigabytes of them need not be copied
 * to find how much the others take.
 */
import { ModelFileError } from '../../errors.ts';
import type { Graph } from '../../graph.ts';
import { readOnnx } from '../../onnx/read.ts';
import { decodeModel, encodeModel, type TensorMessage } from '../../onnx/wire.ts';

/** Larger constants are weights: no size is computed from them. */
const LARGE = 2 ** 16;

const isLarge = ({ rawData, dataLocation, dims = [] }: TensorMessage): boolean =>
  dataLocation === 1 || (rawData !== undefined && rawData.length > LARGE && dims.length > 0);

/** Undefined where the file is not one that Gradus reads, though the runtime may. */
export function sizesOfModel(bytes: Uint8Array): Graph | undefined {
  try {
    const model = decodeModel(bytes);
    const { initializer = [], input = [], ...graph } = model.graph ?? {};
    const large = initializer.filter(isLarge);
    const names = new Set(input.map(({ name }) => name));
    const stand = large
      .filter(({ name }) => !names.has(name))
      .map(({ name = '', dataType = 0, dims = [] }) => ({
        name,
        type: { tensorType: { elemType: dataType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
      }));
    const small = initializer.filter((tensor) => !large.includes(tensor));
    const light = { ...model, graph: { ...graph, initializer: small, input: [...input, ...stand] } };
    return readOnnx(encodeModel(light)).graph;
  } catch (error) {
    if (error instanceof ModelFileError) return undefined;
    throw error;
  }
}
