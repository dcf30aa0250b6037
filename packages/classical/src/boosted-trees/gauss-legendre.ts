/** Gauss's quadrature (1814): a weighted sum of n values that is the exact integral of every polynomial of degree 2n − 1 or less. */

export interface Quadrature {
  /** Between 0 and 1. */
  readonly points: Float64Array;
  /** They add up to 1. */
  readonly weights: Float64Array;
}

/** Over [0, 1]: the points are the roots of Legendre's polynomial, by Newton's method. */
export function gaussLegendre(n: number): Quadrature {
  const [points, weights] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [before, value] = [1, x];
      for (let k = 2; k <= n; k++)
        [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (n * (x * value - before)) / (x * x - 1);
      const move = value / slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    points[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}
