/**
 * Reverse-mode differentiation as a graph transform (Linnainmaa, 1970; Griewank and Walther, "Evaluating
 * Derivatives", 2008).
 *
 * The nodes between the parameters and the loss are walked once, last to first. Each node's rule turns the
 * gradient of its outputs into gradients of its inputs; where a value is used several times, they add up. The
 * rules return graph nodes made of the same ops, so a gradient can be differentiated again.
 */
import { isFloat } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { type Node, topologicalOrder, type Value } from '../graph.ts';
import { opNamed } from '../ops/registry.ts';
import { showShape } from '../shape.ts';
import { apply, concat, full, input, sumOf, type Tensor } from '../tensor.ts';
import { rebuild } from './rebuild.ts';

/**
 * The gradients of `of` with respect to each of `wrt`, each in the shape of the value it belongs to.
 *
 * @param of Usually a scalar loss; of a larger tensor, the gradient of the sum of its elements.
 * @param wrt Values that `of` was computed from; one that it does not depend on gets zeros.
 * @throws GraphError where the way from `of` to `wrt` leads through an op without a gradient rule.
 */
export function gradients(of: Tensor, wrt: readonly Tensor[]): Tensor[] {
  return gradientsReaching(of, wrt).map((gradient, i) => gradient ?? full(0, wrt[i]!));
}

/** The same, but undefined for values that no gradient reaches: `of` does not depend on them, or by ops without a gradient only. */
export const gradientsReaching = (of: Tensor, wrt: readonly Tensor[]): (Tensor | undefined)[] =>
  pulledBack([of], [full(1, of)], wrt);

/** The ops between `wrt` and `of` that have no gradient, such as `ArgMax`: where the way back ends. */
export function opsWithoutGradient(of: Tensor, wrt: readonly Tensor[]): string[] {
  const order = topologicalOrder([of]);
  const relevant = dependents(order, wrt);
  const flat = order.filter(({ op, outputs }) => {
    const { grad, expand } = opNamed(op);
    return !grad && !expand && outputs.some((output) => relevant.has(output));
  });
  return [...new Set(flat.map(({ op }) => op))];
}

/**
 * The vector-Jacobian product: gradients of Σ dy · of with respect to `wrt`, undefined where nothing depends on one.
 */
function pulledBack(
  of: readonly Tensor[],
  dy: readonly (Tensor | undefined)[],
  wrt: readonly Value[],
): (Tensor | undefined)[] {
  const order = topologicalOrder(of);
  const relevant = dependents(order, wrt);
  const arrived = new Map<Value, Tensor[]>();
  for (const [i, value] of of.entries()) {
    const gradient = dy[i];
    if (gradient) arrived.set(value, [...(arrived.get(value) ?? []), gradient]);
  }
  const settle = (value: Value): Tensor | undefined => {
    const terms = arrived.get(value);
    if (!terms) return undefined;
    const sum = accumulated(terms);
    arrived.set(value, [sum]);
    return sum;
  };

  for (const node of order.reverse()) {
    if (!node.outputs.some((output) => relevant.has(output))) continue;
    const dy = node.outputs.map(settle);
    if (dy.every((gradient) => gradient === undefined)) continue;
    for (const [i, gradient] of backward(node, dy).entries()) {
      const x = node.inputs[i];
      if (!gradient || !x || !relevant.has(x)) continue;
      arrived.set(x, [...(arrived.get(x) ?? []), gradient]);
    }
  }
  return wrt.map(settle);
}

/**
 * The sum of the gradients of one value. Where a weight is used at many steps, its gradients are products Aᵢᵀ Bᵢ of short
 * matrices; their sum is one product of the concatenated matrices, which is faster and needs no addition. It is taken in a few
 * portions: their operands are then still in the cache, and need not be kept until the last step.
 */
function accumulated(terms: readonly Tensor[]): Tensor {
  const products = terms.map(outerProduct);
  if (terms.length < 2 || !products.every((product) => product !== undefined)) return sumOf(terms);
  // Last to first: gradients arrive in reverse, and the concatenation in order is often needed elsewhere too.
  const { attributes, axis } = products[0]!;
  if (products.some((product) => product.axis !== axis)) return sumOf(terms);
  let sum: Tensor | undefined;
  for (let at = 0; at < products.length; at += PORTION) {
    const portion = products.slice(at, at + PORTION).map((product) => product!.inputs);
    const [a, b] = [0, 1].map((factor) => concat(portion.map((inputs) => inputs[factor]!).reverse(), axis));
    sum = apply('Gemm', sum ? [a!, b!, sum] : [a!, b!], attributes);
  }
  return sum!;
}

/** Products that are concatenated at a time. */
const PORTION = 16;

/** A product Aᵀ B or A Bᵀ, where concatenating the operands moves less memory than adding the results. */
function outerProduct({ source }: Tensor) {
  if (source.kind !== 'node' || source.node.op !== 'Gemm' || source.node.inputs.length > 2) return undefined;
  const { inputs, attributes } = source.node;
  const [[name, value] = [], ...more] = Object.entries(attributes);
  if ((name !== 'transA' && name !== 'transB') || value !== 1 || more.length > 0) return undefined;
  const axis = name === 'transA' ? 0 : 1;
  const [a, b] = inputs as readonly [Tensor, Tensor];
  const [k, m, n] = [a.shape[axis], a.shape[1 - axis], b.shape[1 - axis]];
  const known = typeof k === 'number' && typeof m === 'number' && typeof n === 'number';
  return known && m * n > k * (m + n) ? { inputs: [a, b] as const, attributes, axis } : undefined;
}

/** Everything that depends on one of `roots`, the roots included. */
function dependents(order: readonly Node[], roots: readonly Value[]): Set<Value> {
  const dependent = new Set<Value>(roots);
  for (const node of order) {
    if (node.inputs.some((x) => x && dependent.has(x))) {
      for (const output of node.outputs) dependent.add(output);
    }
  }
  return dependent;
}

function backward(node: Node, dy: readonly (Tensor | undefined)[]): readonly (Tensor | undefined)[] {
  const { grad, expand } = opNamed(node.op);
  const inputs = node.inputs as readonly Tensor[];
  const gradientsOfInputs =
    grad &&
    ruled(node, () =>
      grad({ inputs, outputs: node.outputs as readonly Tensor[], attributes: node.attributes }, dy),
    );
  if (!gradientsOfInputs && expand) {
    // Placeholders for the real inputs keep what those were computed from out of the walk.
    const handles = inputs.map((x, i) => (x && isFloat(x.dtype) ? input(`x${i}`, x.shape, x.dtype) : x));
    const outputs = ruled(node, () => expand(handles, node.attributes));
    const placeholders = handles.filter((handle, i) => handle !== inputs[i]);
    const slopes = pulledBack(outputs, dy, placeholders);
    const values = new Map(handles.flatMap((handle, i) => (handle ? [[handle, inputs[i]!] as const] : [])));
    const present = slopes.filter((slope) => slope !== undefined);
    const rebuilt = rebuild(present, { values });
    const settled = new Map(present.map((slope, i) => [slope, rebuilt[i]!]));
    return handles.map((handle) => {
      const slope = slopes[placeholders.indexOf(handle)];
      return slope && settled.get(slope);
    });
  }
  // No rule: flat (comparisons, argmax) or whole-numbered; nothing flows back.
  if (!gradientsOfInputs) return [];
  for (const [i, gradient] of gradientsOfInputs.entries()) {
    const x = inputs[i];
    if (gradient && x && gradient.rank !== x.rank) {
      throw new GraphError(
        `the gradient rule of ${node.op} gave rank ${gradient.rank} for input ${i} of rank ${x.rank}`,
      );
    }
  }
  return gradientsOfInputs;
}

/** Names the op in the errors of its rule. */
function ruled<T>({ op, inputs }: Node, rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const types = inputs.map((x) => (x ? `${x.dtype}${showShape(x.shape)}` : '–')).join(', ');
    throw new GraphError(`differentiating ${op}(${types}): ${error.message}`);
  }
}
