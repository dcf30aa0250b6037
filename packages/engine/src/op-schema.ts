/**
 * The schema of an op: how the types of its outputs follow from its inputs, and how ONNX has it. Tracing needs no more than
 * that. How an op is differentiated is written with `Tensor`, and stands above it (ops/registry.ts).
 */
import { didYouMean } from '@gradus/base';
import type { DType } from './dtype.ts';
import { GraphError } from './errors.ts';
import type { Attributes, Value } from './graph.ts';
import type { Shape } from './shape.ts';

export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface OpSchema {
  /** Types of the outputs. Throws a GraphError where inputs or attributes do not fit. */
  infer(inputs: readonly (Value | null)[], attributes: Attributes): readonly ValueType[];
  /**
   * The first opset that has the op (or has it with these inputs), where that is later than the opset of written models.
   */
  readonly since?: number | ((inputs: readonly (Value | null)[]) => number);
  /** For an op outside ONNX's main domain: its domain, its name there, and the version that is declared here. Default 1. */
  readonly own?: { readonly domain: string; readonly name: string; readonly version?: number };
  /** No runtime has the op: it exists for its gradient rule, and is expanded where a graph leaves the engine. */
  readonly inner?: true;
  /** Each element of the output depends on the inputs' elements at its own place, broadcast, and on no other. */
  readonly elementwise?: true;
  /** How many outputs a node must have; the runtime may compute the others, and files leave them out, as needed. */
  readonly requiredOutputs?: number;
}

const SCHEMAS = new Map<string, OpSchema>();

export function declareSchema(name: string, schema: OpSchema): void {
  SCHEMAS.set(name, schema);
}

/** @throws GraphError naming the op where it is not declared. */
export function schemaOf(name: string): OpSchema {
  const schema = SCHEMAS.get(name);
  if (schema) return schema;
  const { en } = didYouMean(name, [...SCHEMAS.keys()]);
  throw new GraphError(`unknown op "${name}".${en} Known are ${SCHEMAS.size} ops of ONNX, by ONNX's names`);
}
