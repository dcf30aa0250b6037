/** What a model file takes and gives, and who reads it: without reading its nodes as a graph, so that any op may stand in it. */
import { type DType, dtypeOfOnnx } from '../dtype.ts';
import { decodeModel, type GraphMessage, type ValueInfoMessage } from './wire.ts';

export interface Port {
  /** Undefined where it is no tensor of a type that is held. */
  readonly dtype: DType | undefined;
  /** Sizes that are open are undefined. */
  readonly shape: readonly (number | undefined)[];
}

export interface ModelInterface {
  readonly opset: number;
  readonly inputs: ReadonlyMap<string, Port>;
  readonly outputs: ReadonlyMap<string, Port>;
  /** Ops that read a value, in branches too, each with its domain before it: `com.microsoft:GroupQueryAttention`. */
  readersOf(name: string): readonly string[];
}

/** @throws ModelFileError where the bytes are no model */
export function interfaceOf(bytes: Uint8Array): ModelInterface {
  const { graph = {}, opsetImport = [] } = decodeModel(bytes);
  const weights = new Set((graph.initializer ?? []).map(({ name }) => name));
  const ports = (list: readonly ValueInfoMessage[] = []) =>
    new Map(
      list.flatMap((info) => (weights.has(info.name) ? [] : [[info.name ?? '', portOf(info)] as const])),
    );
  return {
    opset: opsetImport.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 1,
    inputs: ports(graph.input),
    outputs: ports(graph.output),
    readersOf: (name) => readers(graph, name),
  };
}

function portOf({ type }: ValueInfoMessage): Port {
  const { elemType = 0, shape } = type?.tensorType ?? {};
  const dims = (shape?.dim ?? []).map(({ dimValue = -1, dimParam }) =>
    dimParam || dimValue < 0 ? undefined : dimValue,
  );
  return { dtype: dtypeOfOnnx(elemType), shape: dims };
}

const readers = ({ node = [] }: GraphMessage, name: string): readonly string[] =>
  node.flatMap(({ input = [], opType = '', domain = '', attribute = [] }) => [
    ...(input.includes(name) ? [domain ? `${domain}:${opType}` : opType] : []),
    ...attribute.flatMap(({ g }) => (g ? readers(g, name) : [])),
  ]);
