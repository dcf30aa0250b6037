/**
 * Weights of at least 0 that sum to 1 and bring a mix of columns nearest to a target in squares: projected gradient with momentum (Beck and
 * Teboulle, "FISTA", 2009) and the exact projection onto the simplex (Duchi et al., 2008), restarted where momentum overshoots
 * (O'Donoghue and Candès, 2015).
 */
const STEPS = 5000;

/** @param columns Each as long as the target. */
export function simplexWeights(
  columns: readonly ArrayLike<number>[],
  target: ArrayLike<number>,
): Float64Array {
  const size = columns.length;
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    for (let t = 0; t < target.length; t++) moment[j]! += columns[j]![t]! * target[t]!;
    for (let k = 0; k <= j; k++) {
      let sum = 0;
      for (let t = 0; t < target.length; t++) sum += columns[j]![t]! * columns[k]![t]!;
      gram[j * size + k] = sum;
      gram[k * size + j] = sum;
    }
  }
  const step = 1 / (largestEigenvalue(gram, size) || 1);
  let weights = new Float64Array(size).fill(1 / size);
  let ahead = Float64Array.from(weights);
  let momentum = 1;
  for (let round = 0; round < STEPS; round++) {
    const next = new Float64Array(size);
    for (let j = 0; j < size; j++) {
      let gradient = -moment[j]!;
      for (let k = 0; k < size; k++) gradient += gram[j * size + k]! * ahead[k]!;
      next[j] = ahead[j]! - step * gradient;
    }
    projectOntoSimplex(next);
    let moved = 0;
    let uphill = 0;
    for (let j = 0; j < size; j++) {
      moved = Math.max(moved, Math.abs(next[j]! - weights[j]!));
      uphill += (ahead[j]! - next[j]!) * (next[j]! - weights[j]!);
    }
    const following = uphill > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const push = uphill > 0 ? 0 : (momentum - 1) / following;
    ahead = next.map((value, j) => value + push * (value - weights[j]!));
    weights = next;
    momentum = following;
    if (moved < 1e-9) break;
  }
  return weights;
}

function projectOntoSimplex(values: Float64Array): void {
  const sorted = Float64Array.from(values).sort().reverse();
  let sum = 0;
  let shift = 0;
  for (let j = 0; j < sorted.length; j++) {
    sum += sorted[j]!;
    const tried = (sum - 1) / (j + 1);
    if (sorted[j]! > tried) shift = tried;
  }
  for (let j = 0; j < values.length; j++) values[j] = Math.max(0, values[j]! - shift);
}

function largestEigenvalue(matrix: Float64Array, size: number): number {
  let vector = new Float64Array(size).fill(1);
  let value = 0;
  for (let round = 0; round < 200; round++) {
    const next = new Float64Array(size);
    for (let j = 0; j < size; j++)
      for (let k = 0; k < size; k++) next[j]! += matrix[j * size + k]! * vector[k]!;
    value = Math.sqrt(next.reduce((sum, entry) => sum + entry * entry, 0));
    if (value === 0) return 0;
    vector = next.map((entry) => entry / value);
  }
  return value * 1.0001;
}
