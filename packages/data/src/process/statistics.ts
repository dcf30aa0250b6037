/** Statistics that fits are made of. They take values without missing ones. */

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  const first = sum / values.length;
  // Once more around the first result: what rounding lost is added.
  let rest = 0;
  for (let i = 0; i < values.length; i++) rest += values[i]! - first;
  return first + rest / values.length;
}

/** Mean squared distance from the mean. */
export function variance(values: ArrayLike<number>, around = mean(values)): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - around) ** 2;
  return squares / values.length;
}

/** The least normal number of 32 bits. What models compute with cannot tell anything smaller from 0. */
const LEAST = 2 ** -126;
/** Of the numbers of 32 bits, with room for values beyond the training rows. */
const LARGEST = 1e30;

/**
 * What to divide values by that spread over `width` around a centre: 1 where they are constant for all that floats can say. So are
 * they where the width is within the rounding of the centre; where it is too small for 32 bits; and where, in so small a unit, the
 * value `farthest` from the centre would be infinite.
 */
export const unitOf = (width: number, centre: number, farthest = width): number =>
  width > 1e-13 * Math.abs(centre) && width >= LEAST && farthest <= LARGEST * width ? width : 1;

/** The value that stands most often; of several, the least. */
export function mostFrequent<V extends number | string>(values: Iterable<V>): V | undefined {
  let best: V | undefined;
  let most = 0;
  const counts = countsOf(values);
  for (const [value, count] of counts) {
    if (count > most || (count === most && value < best!)) [best, most] = [value, count];
  }
  return best;
}

export function countsOf<V>(values: Iterable<V>): Map<V, number> {
  const counts = new Map<V, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/**
 * Where a function of one number is least, within bounds: golden sections, and parabolas where they fit (Brent, 1973,
 * chapter 5).
 */
export function minimize(f: (x: number) => number, low: number, high: number, tolerance = 1e-10): number {
  const golden = (3 - Math.sqrt(5)) / 2;
  let [a, b] = [low, high];
  let x = a + golden * (b - a);
  let [w, v] = [x, x];
  let fx = f(x);
  let [fw, fv] = [fx, fx];
  let [step, before] = [0, 0];
  for (let round = 0; round < 200; round++) {
    const middle = (a + b) / 2;
    const least = tolerance * Math.abs(x) + 1e-12;
    if (Math.abs(x - middle) <= 2 * least - (b - a) / 2) break;
    // The least point of the parabola through the three best points so far.
    const r = (x - w) * (fx - fv);
    const q = (x - v) * (fx - fw);
    const sign = q - r > 0 ? -1 : 1;
    const p = sign * ((x - v) * q - (x - w) * r);
    const d = 2 * Math.abs(q - r);
    const fits = d > 0 && Math.abs(p) < Math.abs(0.5 * d * before) && p > d * (a - x) && p < d * (b - x);
    before = fits ? step : x < middle ? b - x : a - x;
    step = fits ? p / d : golden * before;
    const u = x + (Math.abs(step) >= least ? step : step > 0 ? least : -least);
    const fu = f(u);
    if (fu <= fx) {
      if (u < x) b = x;
      else a = x;
      [v, w, x] = [w, x, u];
      [fv, fw, fx] = [fw, fx, fu];
    } else {
      if (u < x) a = u;
      else b = u;
      if (fu <= fw || w === x) [v, w, fv, fw] = [w, u, fw, fu];
      else if (fu <= fv || v === x || v === w) [v, fv] = [u, fu];
    }
  }
  return x;
}
