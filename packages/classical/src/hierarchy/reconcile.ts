/**
 * Forecasts of items and of their sums that add up: each series is forecast by itself, and all are then moved by as little as it takes, where what is
 * forecast badly moves most (Wickramasuriya, Athanasopoulos and Hyndman, "Optimal Forecast Reconciliation for Hierarchical and Grouped Time Series Through
 * Trace Minimization", 2019): y − W Cᵀ (C W Cᵀ)⁻¹ C y, where C y = 0 says that all add up and W is the covariance of the one-step errors. In this form the system that
 * is solved has the size of the sums alone, so that a hierarchy may have many thousand items.
 *
 * - `bottom-up`: the items as they are, the sums from them;
 * - `ols`: all series move alike; `wls-structural`: a sum of many moves more, as many times as it has items;
 * - `mint-shrink`: W from the residuals, its correlations shrunk as Schäfer and Strimmer have it (2005).
 *
 * Where sales cannot be negative, items below 0 are set to 0 before summing (Di Fonzo and Girolimetto, "Spatio-temporal reconciliation of solar
 * forecasts", 2023, who find it as good as the exact program).
 */
import { cholesky, solveCholesky } from '@gradus/stats';
import { type Hierarchy, sumsOf } from './hierarchy.ts';

export type ReconcileMethod = 'bottom-up' | 'ols' | 'wls-structural' | 'mint-shrink';

export interface ReconcileOptions {
  readonly method: ReconcileMethod;
  /** One-step errors in the past of sums and items, each as long as the others: for `mint-shrink`. NaN counts as 0. */
  readonly residuals?: {
    readonly sums: readonly ArrayLike<number>[];
    readonly bottom: readonly ArrayLike<number>[];
  };
  readonly nonNegative?: boolean;
}

export interface Forecasts {
  /** Each [steps]. */
  readonly sums: readonly Float64Array[];
  readonly bottom: readonly Float64Array[];
}

/** @throws RangeError where `mint-shrink` is asked for without residuals */
export function reconcile(
  hierarchy: Hierarchy,
  base: Forecasts,
  { method, residuals, nonNegative = false }: ReconcileOptions,
): Forecasts {
  const moved =
    method === 'bottom-up'
      ? base.bottom
      : moveBottom(hierarchy, base, covarianceOf(method, hierarchy, residuals));
  const bottom = nonNegative ? moved.map((values) => values.map((value) => Math.max(0, value))) : moved;
  return { sums: sumsOf(hierarchy, bottom), bottom };
}

/** W, as a diagonal and, of `mint-shrink`, a part of low rank: diag(d) + F Fᵀ. Sums come before items. */
interface Covariance {
  readonly diagonal: Float64Array;
  /** Each [sums + bottom]. */
  readonly factors: readonly Float64Array[];
}

function covarianceOf(
  method: ReconcileMethod,
  { sums, bottom }: Hierarchy,
  residuals: ReconcileOptions['residuals'],
): Covariance {
  const size = sums.length + bottom;
  if (method === 'ols') return { diagonal: new Float64Array(size).fill(1), factors: [] };
  if (method === 'wls-structural')
    return { diagonal: Float64Array.from({ length: size }, (_, i) => sums[i]?.length ?? 1), factors: [] };
  if (!residuals) throw new RangeError('reconcile: "mint-shrink" needs the residuals of all series');
  const errors = [...residuals.sums, ...residuals.bottom];
  const steps = errors[0]!.length;
  const at = (i: number, t: number): number => (Number.isFinite(errors[i]![t]) ? errors[i]![t]! : 0);
  const scale = Float64Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let t = 0; t < steps; t++) sum += at(i, t) ** 2;
    return Math.sqrt(sum / steps);
  });
  // A series without errors in the past would never move, and everything else would have to follow it.
  const typical = scale.reduce((sum, value) => sum + value, 0) / size || 1;
  const safe = scale.map((value) => Math.max(value, 1e-4 * typical));
  const standard = Array.from({ length: steps }, (_, t) =>
    Float64Array.from({ length: size }, (_, i) => at(i, t) / safe[i]!),
  );
  const shrinkage = shrinkageOf(standard, size, steps);
  const root = Math.sqrt((1 - shrinkage) / steps);
  return {
    // The shrunk part of each variance, so that the diagonal of the whole is that of the residuals.
    diagonal: safe.map((value) => shrinkage * value ** 2),
    factors: standard.map((step) => step.map((value, i) => root * value * safe[i]!)),
  };
}

/** How far correlations are drawn towards 0: the sum of their variances over the sum of their squares, by products of T × T. */
function shrinkageOf(standard: readonly Float64Array[], size: number, steps: number): number {
  // With x_t the standardised errors, r_ij = Σ x_ti x_tj / T; both sums run over i ≠ j and need only the Gram matrix of times.
  let squaredR = 0;
  let squaredProducts = 0;
  for (let s = 0; s < steps; s++) {
    for (let t = 0; t < steps; t++) {
      let dot = 0;
      for (let i = 0; i < size; i++) dot += standard[s]![i]! * standard[t]![i]!;
      squaredR += dot * dot;
    }
    let squares = 0;
    let fourth = 0;
    for (let i = 0; i < size; i++) {
      const square = standard[s]![i]! ** 2;
      squares += square;
      fourth += square * square;
    }
    squaredProducts += squares * squares - fourth;
  }
  let diagonal = 0;
  for (let i = 0; i < size; i++) {
    let square = 0;
    for (let t = 0; t < steps; t++) square += standard[t]![i]! ** 2;
    diagonal += square * square;
  }
  const correlations = (squaredR - diagonal) / steps ** 2;
  const variances = (squaredProducts / steps - correlations) / (steps - 1);
  return correlations > 0 ? Math.min(1, Math.max(1e-3, variances / correlations)) : 1;
}

/** The items of y − W Cᵀ (C W Cᵀ)⁻¹ C y. Row k of C is 1 at sum k and −1 at its members. */
function moveBottom(
  hierarchy: Hierarchy,
  base: Forecasts,
  { diagonal, factors }: Covariance,
): Float64Array[] {
  const { sums, bottom } = hierarchy;
  const count = sums.length;
  const memberOf: number[][] = Array.from({ length: bottom }, () => []);
  sums.forEach((members, k) => {
    for (const member of members) memberOf[member]!.push(k);
  });
  const system = new Float64Array(count * count);
  for (let k = 0; k < count; k++) system[k * count + k] = diagonal[k]!;
  memberOf.forEach((ks, item) => {
    for (const k of ks) for (const l of ks) system[k * count + l]! += diagonal[count + item]!;
  });
  const contrast = (values: Float64Array): Float64Array =>
    Float64Array.from(sums, (members, k) =>
      members.reduce((sum, member) => sum - values[count + member]!, values[k]!),
    );
  const projected = factors.map(contrast);
  for (const factor of projected)
    for (let k = 0; k < count; k++)
      for (let l = 0; l <= k; l++) {
        const product = factor[k]! * factor[l]!;
        system[k * count + l]! += product;
        if (l < k) system[l * count + k]! += product;
      }
  const decomposition = cholesky(system, count);
  const moved = base.bottom.map((values) => Float64Array.from(values));
  const steps = base.bottom[0]!.length;
  for (let h = 0; h < steps; h++) {
    const gap = Float64Array.from(sums, (members, k) =>
      members.reduce((sum, member) => sum - base.bottom[member]![h]!, base.sums[k]![h]!),
    );
    const pull = solveCholesky(decomposition, gap);
    const along = projected.map((factor) => factor.reduce((sum, value, k) => sum + value * pull[k]!, 0));
    for (let item = 0; item < bottom; item++) {
      // (W Cᵀ pull) at the item: its diagonal times −Σ of the pulls of its sums, and what goes with it by the factors.
      let shift = 0;
      for (const k of memberOf[item]!) shift -= diagonal[count + item]! * pull[k]!;
      for (let f = 0; f < factors.length; f++) shift += factors[f]![count + item]! * along[f]!;
      moved[item]![h]! -= shift;
    }
  }
  return moved;
}
