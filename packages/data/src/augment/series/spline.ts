/** The smoothest curve through points: a natural cubic spline (its second derivative is 0 at both ends). */

/**
 * @param heights At 0, 1, 2, …; at least two.
 * @returns the curve's height anywhere between
 */
export function spline(heights: ArrayLike<number>): (x: number) => number {
  const last = heights.length - 1;
  // Second derivatives, from a tridiagonal system by elimination: M[i−1] + 4 M[i] + M[i+1] = 6 (y[i−1] − 2 y[i] + y[i+1]).
  const bend = new Float64Array(heights.length);
  const factor = new Float64Array(heights.length);
  for (let i = 1; i < last; i++) {
    const right = 6 * (heights[i - 1]! - 2 * heights[i]! + heights[i + 1]!);
    const pivot = 4 - factor[i - 1]!;
    factor[i] = 1 / pivot;
    bend[i] = (right - bend[i - 1]!) / pivot;
  }
  for (let i = last - 1; i > 0; i--) bend[i]! -= factor[i]! * bend[i + 1]!;
  return (x) => {
    const i = Math.min(last - 1, Math.max(0, Math.floor(x)));
    const [b, a] = [x - i, 1 - (x - i)];
    return (
      a * heights[i]! + b * heights[i + 1]! + ((a ** 3 - a) * bend[i]! + (b ** 3 - b) * bend[i + 1]!) / 6
    );
  };
}
