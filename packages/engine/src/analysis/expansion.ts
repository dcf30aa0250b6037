/** Ops by way of the simpler ops that they expand to. */
import type { Node, Value } from '../graph.ts';
import { opNamed } from '../ops/registry.ts';
import { Tensor } from '../tensor.ts';

export interface Expansion {
  readonly inputs: readonly (Tensor | null)[];
  readonly outputs: readonly Tensor[];
}

/** The expansion of a node by itself: values that other nodes compute become inputs. Undefined where it has none. */
export function expansionOf({ op, inputs, attributes }: Node): Expansion | undefined {
  const { expand } = opNamed(op);
  if (!expand) return undefined;
  const alone = inputs.map((value) =>
    value?.source.kind === 'node' ? placeholder(value) : (value as Tensor | null),
  );
  return { inputs: alone, outputs: expand(alone, attributes) };
}

const placeholder = ({ dtype, shape }: Value) => new Tensor(dtype, shape, { kind: 'input', name: '' });
