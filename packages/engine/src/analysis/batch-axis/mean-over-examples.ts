/**
 * Proves that a loss is a mean over the batch axis. Batch shards can then be worked on apart and their gradients added up
 * (data-parallel training: Dean et al., "Large Scale Distributed Deep Networks", 2012).
 *
 * The batch axis is followed from the inputs to the loss by one small rule an op (rules.ts). Where there is no rule, or a node
 * mixes examples (batch normalization, contrastive losses, means under masks), the answer is no.
 */
import { type Node, topologicalOrder, type Value } from '../../graph.ts';
import { isStatic, sameShape } from '../../shape.ts';
import { equal } from '../equal.ts';
import { expansionOf } from '../expansion.ts';
import { type BatchAxis, type BatchRole, hasAxis, type NodeView } from './batch-role.ts';
import { ruleOf } from './rules.ts';

/** A loss of a batch as it was traced. */
export interface TracedLoss {
  readonly loss: Value;
  /** Inputs whose first axis is the examples. */
  readonly batch: readonly Value[];
  /** Inputs of random numbers, of which any are as good as any others. */
  readonly noise: readonly Value[];
}

/**
 * Whether a loss is the mean, over the batch axis, of what it is for each example: then the mean of the losses of batch shards,
 * weighted by their sizes, is the loss of the batch.
 *
 * @param shard the same loss, traced for fewer examples: what differs between the two depends on the batch size
 */
export const isMeanOverExamples = (whole: TracedLoss, shard: TracedLoss): boolean =>
  batchAxes(whole, shard, []) !== undefined;

/**
 * Where the examples lie in `values` of the whole batch's graph; undefined for a value that has no axis of them.
 *
 * @returns undefined where the loss is no mean over the examples
 */
export function batchAxes(
  whole: TracedLoss,
  shard: TracedLoss,
  values: readonly Value[],
): (BatchAxis | undefined)[] | undefined {
  const examples = whole.batch[0]?.shape[0];
  if (typeof examples !== 'number') return undefined;
  const known = new Map<Value, BatchRole>();
  for (const value of whole.batch) {
    if (value.shape[0] !== examples) return undefined;
    known.set(value, { axis: 0, outer: 1, inner: 1 });
  }
  for (const value of whole.noise) known.set(value, 'noise');
  const counterparts = new Map<Value, Value>();
  for (const kind of ['batch', 'noise'] as const) {
    if (whole[kind].length !== shard[kind].length) return undefined;
    for (const [i, value] of whole[kind].entries()) counterparts.set(value, shard[kind][i]!);
  }
  const [role] = follow([whole.loss], [shard.loss], { known, counterparts, examples });
  if (role !== 'mean') return undefined;
  return values.map((value) => {
    const role = known.get(value);
    return hasAxis(role) ? role : undefined;
  });
}

interface Walk {
  readonly known: Map<Value, BatchRole>;
  /** Values of the batch's graph and their counterparts in the shard's. */
  readonly counterparts: Map<Value, Value>;
  readonly examples: number;
}

function follow(
  whole: readonly Value[],
  shard: readonly Value[],
  { known, counterparts, examples }: Walk,
): BatchRole[] {
  const [nodes, others] = [topologicalOrder(whole), topologicalOrder(shard)];
  if (nodes.length !== others.length) return [];
  const roleOf = (value: Value, counterpart: Value): BatchRole => {
    const paired = counterparts.get(value);
    if (paired && paired !== counterpart) return undefined;
    if (!known.has(value) && value.source.kind !== 'node') {
      counterparts.set(value, counterpart);
      known.set(value, value === counterpart ? 'independent' : constants(value, counterpart));
    }
    return known.get(value);
  };
  for (const [k, node] of nodes.entries()) {
    const counterpart = others[k]!;
    const alike =
      node.op === counterpart.op &&
      node.inputs.length === counterpart.inputs.length &&
      equal(node.attributes, counterpart.attributes);
    const roles = node.inputs.map((value, i): BatchRole => {
      const other = counterpart.inputs[i];
      return value && other ? roleOf(value, other) : value || other ? undefined : 'independent';
    });
    const result = alike ? rolesOf(node, counterpart, roles, { known, counterparts, examples }) : [];
    for (const [i, output] of node.outputs.entries()) {
      known.set(output, result[i]);
      counterparts.set(output, counterpart.outputs[i]!);
    }
  }
  return whole.map((value, i) => roleOf(value, shard[i]!));
}

/** Ops by which the runtime draws random numbers. */
const DRAWING = new Set([
  'Bernoulli',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
]);

/** @returns the role of each output; none where the node mixes examples */
function rolesOf(
  node: Node,
  counterpart: Node,
  roles: readonly BatchRole[],
  walk: Walk,
): readonly BatchRole[] {
  const { inputs, outputs, attributes, op } = node;
  // Each shard would draw numbers of its own.
  if (DRAWING.has(op)) return [];
  if (roles.includes(undefined) || !outputs.every(({ shape }) => isStatic(shape))) return [];
  const batchSized = outputs[0]!.shape.flatMap((dim, axis) =>
    dim === counterpart.outputs[0]!.shape[axis] ? [] : [axis],
  );
  const view: NodeView = { inputs, outputs, attributes, roles, examples: walk.examples, batchSized };
  if (roles.every((role) => role === 'independent')) return outputs.map(() => 'independent');
  const rule = ruleOf(op);
  if (rule) return rule(view);
  const [expanded, other] = [expansionOf(node), expansionOf(counterpart)];
  if (!expanded || !other) return [];
  for (const [i, value] of expanded.inputs.entries()) {
    if (!value) continue;
    walk.known.set(value, roles[i]);
    walk.counterparts.set(value, other.inputs[i]!);
  }
  return follow(expanded.outputs, other.outputs, walk);
}

function constants(value: Value, counterpart: Value): BatchRole {
  if (value.source.kind !== 'constant' || counterpart.source.kind !== 'constant') return undefined;
  const [a, b] = [value.source.data, counterpart.source.data];
  if (equal(a, b)) return 'independent';
  if (a.dtype !== b.dtype) return undefined;
  if (a.dtype === 'int64' && sameShape(a.dims, b.dims)) return 'sizes';
  return [...a.data, ...b.data].every((element) => element === a.data[0]) ? 'uniform' : undefined;
}
