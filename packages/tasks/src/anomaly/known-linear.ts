/**
 * Known defects by a photograph as a whole: ridge regression on means and spreads of an encoder's maps, each map counting the same however
 * many channels it has. There are many more features than photographs, so it is solved by photograph (Saunders, Gammerman and Vovk, "Ridge
 * Regression Learning Algorithm in Dual Variables", 1998).
 */
import { constant, type Tensor } from '@gradus/engine';
import { cholesky, solveCholesky } from '@gradus/stats';

/** Plain data. */
export interface KnownLinear {
  readonly center: Float32Array;
  /** One over the spread; 0 of what never varies. */
  readonly scale: Float32Array;
  readonly weights: Float32Array;
  readonly bias: number;
}

/** Strength of the penalty, of rows about 1 long. */
const PENALTY = 0.3;
const LEAST_SPREAD = 1e-4;
/** Spreads that a feature may count as far out. */
const FARTHEST = 6;
/** More photographs take longer than they help. */
const MOST_ROWS = 1500;

/** @param widths The numbers of each map's features */
export function fitKnownLinear(
  all: readonly Float32Array[],
  isDefect: readonly boolean[],
  widths: readonly number[],
): KnownLinear {
  const step = Math.max(1, all.length / MOST_ROWS);
  const places = Array.from({ length: Math.floor(all.length / step) }, (_, i) => Math.floor(i * step));
  const rows = places.map((i) => all[i]!);
  const bad = places.map((i) => isDefect[i]!);
  const [n, width] = [rows.length, rows[0]!.length];
  const { center, scale } = scaleOf(rows);
  const weightOf = widths.flatMap((own) => Array<number>(own).fill(1 / Math.sqrt(own * widths.length)));
  const standard = rows.map((row) =>
    row.map((value, k) => clipped((value - center[k]!) * scale[k]!) * weightOf[k]!),
  );
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const value = dot(standard[i]!, standard[j]!) + 1;
      products[i * n + j] = value;
      products[j * n + i] = value;
    }
  for (let i = 0; i < n; i++) products[i * n + i]! += PENALTY;
  const count = bad.filter(Boolean).length;
  // Both kinds count the same.
  const wanted = Float64Array.from(bad, (is) => (is ? n / (2 * count) : -n / (2 * (n - count))));
  const shares = solveCholesky(cholesky(products, n), wanted);
  const weights = new Float64Array(width);
  for (const [i, row] of standard.entries())
    for (let k = 0; k < width; k++) weights[k]! += shares[i]! * row[k]!;
  return {
    center,
    scale,
    weights: Float32Array.from(weights, (weight, k) => weight * weightOf[k]!),
    bias: shares.reduce((sum, share) => sum + share, 0),
  };
}

export function knownLinearScore({ center, scale, weights, bias }: KnownLinear, row: Float32Array): number {
  let sum = bias;
  for (let k = 0; k < row.length; k++) sum += weights[k]! * clipped((row[k]! - center[k]!) * scale[k]!);
  return sum;
}

/** @param deep [batch, width] @returns [batch] */
export function knownLinearLogits({ center, scale, weights, bias }: KnownLinear, deep: Tensor): Tensor {
  const width = center.length;
  const row = (data: Float32Array) => constant({ dtype: 'float32', dims: [1, width], data });
  const column = constant({ dtype: 'float32', dims: [width, 1], data: weights });
  return deep.sub(row(center)).mul(row(scale)).clip(-FARTHEST, FARTHEST).matmul(column).squeeze(1).add(bias);
}

const clipped = (value: number): number => Math.max(-FARTHEST, Math.min(FARTHEST, value));

function scaleOf(rows: readonly Float32Array[]): Pick<KnownLinear, 'center' | 'scale'> {
  const width = rows[0]!.length;
  const [center, squares] = [new Float32Array(width), new Float64Array(width)];
  for (const row of rows) for (let k = 0; k < width; k++) center[k]! += row[k]! / rows.length;
  for (const row of rows)
    for (let k = 0; k < width; k++) squares[k]! += (row[k]! - center[k]!) ** 2 / rows.length;
  const scale = Float32Array.from(squares, (square) =>
    Math.sqrt(square) > LEAST_SPREAD ? 1 / Math.sqrt(square) : 0,
  );
  return { center, scale };
}

function dot(a: Float32Array, b: Float32Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const whole = a.length & ~3;
  for (let k = 0; k < whole; k += 4) {
    first += a[k]! * b[k]!;
    second += a[k + 1]! * b[k + 1]!;
    third += a[k + 2]! * b[k + 2]!;
    fourth += a[k + 3]! * b[k + 3]!;
  }
  for (let k = whole; k < a.length; k++) first += a[k]! * b[k]!;
  return first + second + third + fourth;
}
