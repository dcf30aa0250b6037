/**
 * Shapes and their arithmetic.
 *
 * A dimension is a number, or a name such as `"batch"` for a size that is known only when the graph runs.
 * Named dimensions multiply into canonical products (`"4*batch"`), so that reshapes keep what is known.
 */
import { GraphError } from './errors.ts';

export type Dim = number | string;
export type Shape = readonly Dim[];

export const isStatic = (shape: Shape): shape is readonly number[] =>
  shape.every((dim) => typeof dim === 'number');

/** `[2, batch, 3]` */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** The number of elements: a number, or a product of names where some are unknown. */
export function sizeOf(shape: Shape): Dim {
  const [factor, names] = factorize(shape);
  return dimOf(factor, names);
}

let sizesMade = 0;

/** A size that is known only when the graph runs, and is not known to equal any other. */
export const fresh = (): Dim => `?${++sizesMade}`;

/** Whether a size has no name of its own. */
export const isFresh = (dim: Dim): boolean => typeof dim === 'string' && dim.includes('?');

/** Whether two sizes may be equal when the graph runs. */
export function mayEqual(a: Dim, b: Dim): boolean {
  return a === b || typeof a !== typeof b || isFresh(a) || isFresh(b);
}

/** A size changed by a number; `time+1` less 1 is `time` again. */
export function plus(dim: Dim, by: number): Dim {
  if (typeof dim === 'number') return dim + by;
  const [, term, offset = '0'] = /^(.*?)([+-]\d+)?$/s.exec(dim)!;
  const total = Number(offset) + by;
  if (total === 0) return unwrapped(term!);
  const single = !term!.includes('*') || unwrapped(term!) !== term;
  return `${single ? term : `(${term})`}${total > 0 ? '+' : ''}${total}`;
}

const unwrapped = (term: string): string => /^\(([^()]*)\)$/.exec(term)?.[1] ?? term;

/** The sum of sizes: the size of arrays that are concatenated. */
export function total(dims: readonly Dim[]): Dim {
  const number = dims.reduce<number>((sum, dim) => (typeof dim === 'number' ? sum + dim : sum), 0);
  const names = dims.filter((dim) => typeof dim === 'string');
  if (names.length === 0) return number;
  return plus(names.length === 1 ? names[0]! : names.join('+'), number);
}

/** The dimension d for which `d × ∏ known = ∏ total`, or undefined if there is none. */
export function quotient(total: Shape, known: Shape): Dim | undefined {
  const [factor, names] = factorize(total);
  const [divisor, divisorNames] = factorize(known);
  for (const name of divisorNames) {
    const at = names.indexOf(name);
    if (at < 0) return undefined;
    names.splice(at, 1);
  }
  return divisor !== 0 && factor % divisor === 0 ? dimOf(factor / divisor, names) : undefined;
}

function factorize(shape: Shape): [factor: number, names: string[]] {
  let factor = 1;
  const names: string[] = [];
  for (const dim of shape) {
    // A product within brackets belongs to a sum, and stays whole.
    for (const term of typeof dim === 'number' ? [dim] : dim.split(/\*(?![^(]*\))/)) {
      if (typeof term === 'number' || /^\d+$/.test(term)) factor *= Number(term);
      else names.push(unwrapped(term));
    }
  }
  return [factor, names.sort()];
}

function dimOf(factor: number, names: readonly string[]): Dim {
  if (names.length === 0 || factor === 0) return factor;
  const factors = factor === 1 ? names : [String(factor), ...names];
  if (factors.length === 1) return factors[0]!;
  // A sum within a product takes brackets.
  return factors.map((name) => (/^[^()]*[+-]|\)[+-]/.test(name) ? `(${name})` : name)).join('*');
}

/** NumPy's broadcasting of several shapes; an error where two sizes differ and neither is 1. */
export function broadcastShapes(...shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    let result: Dim = 1;
    for (const shape of shapes) {
      const dim = shape[i - rank + shape.length] ?? 1;
      if (dim === 1 || dim === result) continue;
      // A name against a number: the number must be the value of the name.
      if (result === 1 || typeof result === 'string') result = dim;
      else if (typeof dim === 'number') {
        throw new GraphError(
          `shapes ${shapes.map(showShape).join(' and ')} do not broadcast: ${result} against ${dim}`,
        );
      }
    }
    return result;
  });
}

/** Axis numbers counted from the front; an error where one is outside the rank. */
export function normalizeAxes(axes: readonly number[], rank: number): number[] {
  return axes.map((axis) => {
    if (!Number.isInteger(axis) || axis < -rank || axis >= Math.max(rank, 1)) {
      throw new GraphError(
        `axis ${axis} is outside a tensor of rank ${rank}; expected ${-rank} to ${rank - 1}`,
      );
    }
    return axis < 0 ? axis + rank : axis;
  });
}
