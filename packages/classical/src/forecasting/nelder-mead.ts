/**
 * The lowest point of a function of few parameters, without derivatives: the simplex of Nelder and Mead ("A Simplex Method for
 * Function Minimization", 1965), kept inside a box by clamping. Smoothing parameters are two to five, and a likelihood of a hundred
 * points costs microseconds, so that it suffices.
 */
export interface Box {
  readonly start: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

export interface Minimum {
  readonly at: Float64Array;
  readonly value: number;
}

/** How far of the box the first simplex reaches from its start. */
const REACH = 0.15;
const MOST_EVALUATIONS = 60;
const TOLERANCE = 1e-4;

/**
 * @param f may give infinity or NaN where it is not defined, not at the start
 * @param evaluations at most, by parameter. Default 60
 */
export function nelderMead(
  f: (x: Float64Array) => number,
  { start, lower, upper }: Box,
  evaluations = MOST_EVALUATIONS,
): Minimum {
  const size = start.length;
  if (size === 0) return { at: new Float64Array(0), value: f(new Float64Array(0)) };
  let left = evaluations * size;
  const at = (x: Float64Array): number => {
    left--;
    for (let i = 0; i < size; i++) x[i] = Math.min(upper[i]!, Math.max(lower[i]!, x[i]!));
    const value = f(x);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };

  const points: Float64Array[] = [Float64Array.from(start)];
  for (let i = 0; i < size; i++) {
    const point = Float64Array.from(start);
    const reach = REACH * (upper[i]! - lower[i]!);
    point[i] = point[i]! + reach > upper[i]! ? point[i]! - reach : point[i]! + reach;
    points.push(point);
  }
  const values = points.map(at);
  const center = new Float64Array(size);
  // Small arrays are used again: making them would cost as much as the function.
  const spare: Float64Array[] = [new Float64Array(size), new Float64Array(size)];
  const towards = (factor: number): Float64Array => {
    const worst = points[size]!;
    const point = spare.pop()!;
    for (let i = 0; i < size; i++) point[i] = center[i]! + factor * (center[i]! - worst[i]!);
    return point;
  };
  const replace = (point: Float64Array, value: number): void => {
    spare.push(points[size]!);
    let place = size;
    while (place > 0 && values[place - 1]! > value) {
      points[place] = points[place - 1]!;
      values[place] = values[place - 1]!;
      place--;
    }
    points[place] = point;
    values[place] = value;
  };
  sort(points, values);
  while (left > 0) {
    const spread = values[size]! - values[0]!;
    if (spread <= TOLERANCE * Math.abs(values[0]!)) break;
    center.fill(0);
    for (let k = 0; k < size; k++) for (let i = 0; i < size; i++) center[i]! += points[k]![i]! / size;
    const reflected = towards(1);
    const value = at(reflected);
    if (value < values[0]!) {
      const expanded = towards(2);
      const further = at(expanded);
      const isFurther = further < value;
      spare.push(isFurther ? reflected : expanded);
      replace(isFurther ? expanded : reflected, Math.min(further, value));
    } else if (value < values[size - 1]!) {
      replace(reflected, value);
    } else {
      const contracted = towards(value < values[size]! ? 0.5 : -0.5);
      const nearer = at(contracted);
      spare.push(reflected);
      if (nearer < Math.min(value, values[size]!)) {
        replace(contracted, nearer);
      } else {
        spare.push(contracted);
        for (let k = 1; k <= size; k++) {
          points[k] = points[k]!.map((x, i) => (x + points[0]![i]!) / 2);
          values[k] = at(points[k]!);
        }
        sort(points, values);
      }
    }
  }
  return { at: points[0]!, value: values[0]! };
}

function sort(points: Float64Array[], values: number[]): void {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const [sortedPoints, sortedValues] = [order.map((i) => points[i]!), order.map((i) => values[i]!)];
  for (let i = 0; i < values.length; i++) {
    points[i] = sortedPoints[i]!;
    values[i] = sortedValues[i]!;
  }
}
