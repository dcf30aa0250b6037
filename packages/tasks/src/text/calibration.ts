/**
 * Platt's calibration (1999) of the logits of one or more models, with a prior: as long as little is known, the probabilities are
 * those of the models' mean. The weights have a normal prior around equal shares, the bias around zero, each of standard deviation
 * 1; a few hundred different texts outweigh it.
 */

export interface Calibration {
  /** By model: what its logit is multiplied by. */
  readonly weights: readonly number[];
  readonly bias: number;
}

const STEPS = 50;
const ENOUGH = 1e-8;
/** More than this in one step, and Newton's method may leap over the optimum. */
const LONGEST_STEP = 2;

/**
 * @param members Logits by model, then by text
 * @param labels 0 or 1
 * @param groups By text: those that repeat each other share a number, and count as one text
 */
export function fitCalibration(
  members: readonly Float32Array[],
  labels: ArrayLike<number>,
  groups?: ArrayLike<number>,
): Calibration {
  const counts = weightsOf(groups, labels.length);
  const size = members.length + 1;
  const prior = [...members.map(() => 1 / members.length), 0];
  const theta = [...prior];
  for (let step = 0; step < STEPS; step++) {
    const slope = theta.map((value, j) => value - prior[j]!);
    const curve = theta.map((_, j) => theta.map((__, k) => Number(j === k)));
    for (let i = 0; i < labels.length; i++) {
      const x = (j: number): number => (j < members.length ? members[j]![i]! : 1);
      let logit = 0;
      for (let j = 0; j < size; j++) logit += theta[j]! * x(j);
      const p = 1 / (1 + Math.exp(-logit));
      const weight = counts[i]!;
      for (let j = 0; j < size; j++) {
        slope[j]! += weight * (p - labels[i]!) * x(j);
        for (let k = 0; k < size; k++) curve[j]![k]! += weight * p * (1 - p) * x(j) * x(k);
      }
    }
    const move = solved(curve, slope);
    const length = Math.hypot(...move);
    const scale = length > LONGEST_STEP ? LONGEST_STEP / length : 1;
    for (let j = 0; j < size; j++) theta[j]! -= scale * move[j]!;
    if (length < ENOUGH) break;
  }
  return { weights: theta.slice(0, -1), bias: theta.at(-1)! };
}

/** One text, or one group of them, weighs one. */
function weightsOf(groups: ArrayLike<number> | undefined, n: number): Float64Array {
  if (!groups) return new Float64Array(n).fill(1);
  const sizes = new Map<number, number>();
  for (let i = 0; i < n; i++) sizes.set(groups[i]!, (sizes.get(groups[i]!) ?? 0) + 1);
  return Float64Array.from({ length: n }, (_, i) => 1 / sizes.get(groups[i]!)!);
}

/** Gauss's elimination; the matrix is positive definite, so no rows are exchanged. */
function solved(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (const [i, row] of rows.entries()) {
    for (const other of rows.slice(i + 1)) {
      const factor = other[i]! / row[i]!;
      for (let k = i; k < row.length; k++) other[k]! -= factor * row[k]!;
    }
  }
  const x = new Array<number>(rows.length).fill(0);
  for (let i = rows.length - 1; i >= 0; i--) {
    const known = x.reduce((sum, value, k) => (k > i ? sum + rows[i]![k]! * value : sum), 0);
    x[i] = (rows[i]!.at(-1)! - known) / rows[i]![i]!;
  }
  return x;
}
