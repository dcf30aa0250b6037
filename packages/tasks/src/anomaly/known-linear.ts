/**
 * Known defects by a photograph as a whole: ridge regression on means and spreads of an encoder's maps, each map counting the same however
 * many channels it has. There are many more features than photographs, so it is solved by photograph (Saunders, Gammerman and Vovk, "Ridge
 * Regression Learning Algorithm in Dual Variables", 1998).
 */
import { constant, input, type Tensor, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { cholesky, solveCholesky } from '@gradus/stats';

/** Plain data. */
export interface KnownLinear {
  readonly center: Float32Array;
  /** One over the spread; 0 of what never varies. */
  readonly scale: Float32Array;
  readonly weights: Float32Array;
  readonly bias: number;
  /** A photograph's score is the mean of so many, of it as it is and turned over. */
  readonly turns: number;
}

/** Strength of the penalty, of rows about 1 long. */
const PENALTY = 0.3;
const LEAST_SPREAD = 1e-4;
/** Spreads that a feature may count as far out. */
const FARTHEST = 6;
/**
 * @param all [turns][photographs]: the same photographs as they are and turned over
 * @param widths The numbers of each map's features
 */
export async function fitKnownLinear(
  all: readonly (readonly Float32Array[])[],
  isDefect: readonly boolean[],
  widths: readonly number[],
): Promise<KnownLinear> {
  const { center, scale } = scaleOf(all[0]!);
  const rows = all.flat();
  const bad = all.flatMap(() => isDefect);
  const [n, width] = [rows.length, center.length];
  const weightOf = widths.flatMap((own) => Array<number>(own).fill(1 / Math.sqrt(own * widths.length)));
  const standard = new Float32Array(n * width);
  for (const [i, row] of rows.entries())
    for (let k = 0; k < width; k++)
      standard[i * width + k] = clipped((row[k]! - center[k]!) * scale[k]!) * weightOf[k]!;
  const products = await productsOf(standard, n, width);
  for (let i = 0; i < n; i++) products[i * n + i]! += PENALTY;
  const count = bad.filter(Boolean).length;
  // Both kinds count the same.
  const wanted = Float64Array.from(bad, (is) => (is ? n / (2 * count) : -n / (2 * (n - count))));
  const shares = solveCholesky(cholesky(products, n), wanted);
  const weights = new Float64Array(width);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < width; k++) weights[k]! += shares[i]! * standard[i * width + k]!;
  return {
    center,
    scale,
    weights: Float32Array.from(weights, (weight, k) => weight * weightOf[k]!),
    bias: shares.reduce((sum, share) => sum + share, 0),
    turns: all.length,
  };
}

/** Each row times each, and 1 for the bias. [n, n] */
async function productsOf(rows: Float32Array<ArrayBuffer>, n: number, width: number): Promise<Float64Array> {
  const x = input('x', [n, width]);
  const graph = { name: 'products', inputs: { x }, outputs: { products: x.matmul(x.transpose()).add(1) } };
  const compiled = await compile(writeOnnx(graph));
  try {
    const { products } = await compiled.run({ x: { dtype: 'float32', dims: [n, width], data: rows } });
    return Float64Array.from(products!.data as Float32Array);
  } finally {
    await compiled.close();
  }
}

/** @param turned One row a turn */
export function knownLinearScore(
  { center, scale, weights, bias }: KnownLinear,
  turned: readonly Float32Array[],
): number {
  let sum = 0;
  for (const row of turned)
    for (let k = 0; k < row.length; k++) sum += weights[k]! * clipped((row[k]! - center[k]!) * scale[k]!);
  return bias + sum / turned.length;
}

/** @param deep [turns × batch, width], turn by turn @returns [batch] */
export function knownLinearLogits(
  { center, scale, weights, bias, turns }: KnownLinear,
  deep: Tensor,
): Tensor {
  const width = center.length;
  const row = (data: Float32Array) => constant({ dtype: 'float32', dims: [1, width], data });
  const column = constant({ dtype: 'float32', dims: [width, 1], data: weights });
  const scores = deep.sub(row(center)).mul(row(scale)).clip(-FARTHEST, FARTHEST).matmul(column);
  return scores.reshape(turns, 'batch').mean([0]).add(bias);
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
