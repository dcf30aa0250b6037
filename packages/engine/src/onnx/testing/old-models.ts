/** Model files as other programs of other years write them, for tests: written field by field, not by Gradus. */
import type { HostTensor } from '../../host.ts';
import { readOnnx } from '../../index.ts';
import { type CompiledGraph, compile } from '../../runtime/node/index.ts';
import {
  type AttributeMessage,
  encodeModel,
  type FunctionMessage,
  type GraphMessage,
  type NodeMessage,
} from '../wire.ts';
import { ATTRIBUTE_TYPES } from '../write.ts';

/** Whole numbers, lists of them, texts; `{ f }` and `{ floats }` for reals; `{ g }` for a branch. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly f: number }
  | { readonly floats: readonly number[] }
  | { readonly g: GraphMessage };

export function node(
  opType: string,
  input: string[],
  output: string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain?: string,
): NodeMessage {
  const attribute = Object.entries(attributes).map(([name, value]): AttributeMessage => {
    if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE_TYPES.int };
    if (typeof value === 'string') {
      return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPES.string };
    }
    if ('f' in value) return { name, f: value.f, type: ATTRIBUTE_TYPES.float };
    if ('g' in value) return { name, g: value.g, type: ATTRIBUTE_TYPES.graph };
    if ('floats' in value) return { name, floats: [...value.floats], type: ATTRIBUTE_TYPES.floats };
    return { name, ints: [...value], type: ATTRIBUTE_TYPES.ints };
  });
  return { opType, input, output, attribute, ...(domain === undefined ? {} : { domain }) };
}

export interface OldModel {
  readonly opset: number;
  readonly nodes: readonly NodeMessage[];
  /** The shape of each input, all float32; its numbers are made up. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly constants?: Readonly<Record<string, HostTensor>>;
  readonly outputs: readonly string[];
  readonly functions?: FunctionMessage[];
}

export function bytesOf({ opset, nodes, inputs, constants = {}, outputs, functions }: OldModel): Uint8Array {
  const raw = ({ data }: HostTensor) => {
    const view = data as Float32Array;
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  };
  const types = { float32: 1, int64: 7, bool: 9 } as Readonly<Record<string, number>>;
  return encodeModel({
    irVersion: functions ? 8 : 7,
    opsetImport: [{ domain: '', version: opset }, ...(functions ? [{ domain: 'own', version: 1 }] : [])],
    graph: {
      name: 'old',
      node: [...nodes],
      initializer: Object.entries(constants).map(([name, value]) => ({
        name,
        dims: [...value.dims],
        dataType: types[value.dtype]!,
        rawData: raw(value),
      })),
      input: Object.entries(inputs).map(([name, dims]) => ({
        name,
        type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
      })),
      output: outputs.map((name) => ({ name })),
    },
    ...(functions ? { functions } : {}),
  });
}

/** What the runtime makes of the file itself, and of what Gradus read from it. */
export async function bothOutputs(model: OldModel): Promise<[HostTensor[], HostTensor[]]> {
  const feeds = Object.fromEntries(
    Object.entries(model.inputs).map(([name, dims], k): [string, HostTensor] => {
      const size = dims.reduce((a, b) => a * b, 1);
      // Different numbers of both signs.
      const data = Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i * 1.7 + k) * 2);
      return [name, { dtype: 'float32', dims, data }];
    }),
  );
  const bytes = bytesOf(model);
  const results = async (session: CompiledGraph) => {
    const outputs = await session.run(feeds);
    await session.close();
    return model.outputs.map((name) => outputs[name]!);
  };
  return [await results(await compile(bytes)), await results(await compile(readOnnx(bytes).graph))];
}
