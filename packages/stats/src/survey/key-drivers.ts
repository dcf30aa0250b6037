/**
 * What drives an outcome, when drivers go together: how much of R² is each driver's, averaged over all orders in which drivers can enter the
 * regression. Lindeman, Merenda and Gold (1980), called LMG; Shapley's value (1953) of a game whose worth is R² (Lipovetsky and
 * Conklin, 2001). Shares add up to R².
 *
 * Intervals are percentiles of the bootstrap, taken further out, as few rows spread less than what they were drawn from (Hesterberg,
 * 2015; here with the freedom of the whole regression). No share is below 0, so that draws of one near 0 lie above it: where neither the
 * driver alone nor its part in the whole regression is told from 0, the interval begins there.
 */
import { Random } from '@gradus/base';
import { normalCdf } from '../distributions/normal.ts';
import { quantileSorted } from '../distributions/quantile.ts';
import { intervalT, studentTwoSided } from '../distributions/student-t.ts';
import type { Interval } from '../numbers.ts';

export interface Driver {
  /** Its part of R². */
  readonly share: number;
  readonly interval: Interval;
  /** How often it is the strongest when rows are drawn again. */
  readonly first: number;
}

export interface KeyDrivers {
  readonly r2: number;
  readonly drivers: readonly Driver[];
}

/** 2 to the power of this many regressions are solved. */
export const MOST_DRIVERS = 10;
const RESAMPLES = 400;
/** A share is told from 0 by either of two tests. */
const TOLD = 0.05;

/** @param outcome [rows] @param drivers [drivers][rows]; nothing missing */
export function keyDrivers(
  outcome: Float64Array,
  drivers: readonly Float64Array[],
  seed = 'drivers',
): KeyDrivers {
  const n = outcome.length;
  const columns = [...drivers, outcome];
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const whole = covariance(columns, all);
  const shares = sharesOf(whole, drivers.length);
  const random = new Random(seed);
  const draws = Array.from({ length: RESAMPLES }, () =>
    sharesOf(
      covariance(
        columns,
        Int32Array.from({ length: n }, () => random.below(n)),
      ),
      drivers.length,
    ),
  );
  const freedom = Math.max(1, n - drivers.length - 1);
  const reach = intervalT(0.95, freedom) * Math.sqrt(n / freedom);
  const [lowest, highest] = [normalCdf(-reach), normalCdf(reach)];
  const firsts = draws.map((draw) => draw.indexOf(Math.max(...draw)));
  return {
    r2: shares.reduce((sum, share) => sum + share, 0),
    drivers: shares.map((share, k) => {
      const own = Float64Array.from(draws, (draw) => draw[k]!).sort();
      return {
        share,
        interval: [
          isTold(whole, k, { n, freedom }) ? quantileSorted(own, lowest) : 0,
          quantileSorted(own, highest),
        ],
        first: firsts.filter((first) => first === k).length / RESAMPLES,
      };
    }),
  };
}

/** Whether the driver alone, or with all others, adds more to R² than chance does. */
function isTold(
  upper: number[][],
  driver: number,
  { n, freedom }: { readonly n: number; readonly freedom: number },
): boolean {
  const outcome = upper.length - 1;
  const at = (i: number, j: number) => upper[Math.min(i, j)]![Math.max(i, j)]!;
  const everything = (1 << outcome) - 1;
  const alone = explained(at, outcome, 1 << driver);
  const all = explained(at, outcome, everything);
  const added = all - explained(at, outcome, everything & ~(1 << driver));
  const isBeyond = (gain: number, left: number, of: number) =>
    left <= 0 || studentTwoSided(Math.sqrt((gain * of) / left), of) < TOLD / 2;
  return isBeyond(alone, 1 - alone, n - 2) || isBeyond(Math.max(0, added), 1 - all, freedom);
}

function covariance(columns: readonly Float64Array[], rows: Int32Array): number[][] {
  const means = columns.map((column) => rows.reduce((sum, row) => sum + column[row]!, 0) / rows.length);
  return columns.map((a, i) =>
    columns.map((b, j) => {
      if (j < i) return 0;
      let sum = 0;
      for (const row of rows) sum += (a[row]! - means[i]!) * (b[row]! - means[j]!);
      return sum / rows.length;
    }),
  );
}

function sharesOf(upper: number[][], count: number): number[] {
  const at = (i: number, j: number) => upper[Math.min(i, j)]![Math.max(i, j)]!;
  const worth = new Float64Array(1 << count);
  for (let set = 1; set < worth.length; set++) worth[set] = explained(at, count, set);
  // Of all orders, in which share does this driver come behind exactly these others?
  const weights = Array.from({ length: count }, (_, size) => 1 / (count * choose(count - 1, size)));
  return Array.from({ length: count }, (_, k) => {
    let share = 0;
    for (let set = 0; set < worth.length; set++)
      if (!(set & (1 << k))) share += weights[bits(set)]! * (worth[set | (1 << k)]! - worth[set]!);
    return share;
  });
}

/** R² of the drivers of a set, by elimination; a driver that the others contain adds nothing. */
function explained(at: (i: number, j: number) => number, outcome: number, set: number): number {
  const members: number[] = [];
  for (let k = 0; k < outcome; k++) if (set & (1 << k)) members.push(k);
  const size = members.length;
  const rows = members.map((i) => [...members.map((j) => at(i, j)), at(i, outcome)]);
  let sum = 0;
  for (let p = 0; p < size; p++) {
    const pivot = rows[p]![p]!;
    if (pivot <= 1e-10 * at(members[p]!, members[p]!)) continue;
    sum += rows[p]![size]! ** 2 / pivot;
    for (let i = p + 1; i < size; i++) {
      const factor = rows[i]![p]! / pivot;
      for (let j = p; j <= size; j++) rows[i]![j]! -= factor * rows[p]![j]!;
    }
  }
  const total = at(outcome, outcome);
  return total > 0 ? sum / total : 0;
}

const bits = (set: number): number => {
  let count = 0;
  for (let left = set; left > 0; left &= left - 1) count++;
  return count;
};

const choose = (n: number, k: number): number => {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
};
