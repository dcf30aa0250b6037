/** Ops as what they are made of. */
import type { Node, Value } from '../graph.ts';
import { opNamed } from '../ops/registry.ts';
import { Tensor } from '../tensor.ts';

export interface Expansion {
  readonly inputs: readonly (Tensor | null)[];
  readonly outputs: readonly Tensor[];
}

/** The simpler ops that a node stands for, seen by themselves: what other nodes give it is an input. Undefined where it has none. */
export function expansionOf({ op, inputs, attributes }: Node): Expansion | undefined {
  const { expand } = opNamed(op);
  if (!expand) return undefined;
  const alone = inputs.map((value) =>
    value?.source.kind === 'node' ? standIn(value) : (value as Tensor | null),
  );
  return { inputs: alone, outputs: expand(alone, attributes) };
}

const standIn = ({ dtype, shape }: Value) => new Tensor(dtype, shape, { kind: 'input', name: '' });
