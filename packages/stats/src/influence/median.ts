/** The median, with weights and clusters. */
import type { Interval, Numbers } from '../numbers.ts';
import { type Influenced, reachOf, type Uncertainty, uncertaintyOf } from './influence.ts';
import { meanInfluence } from './mean.ts';

/**
 * The weighted median, with the interval of Woodruff (1952): where the distribution of the values crosses ½ less and more the error
 * of the share of rows below the median. The influence has the standard error of this interval.
 */
export function medianInfluence(
  values: Numbers,
  weights?: Numbers,
  clusters?: Int32Array,
): Influenced & { readonly interval: Interval } {
  const n = values.length;
  const order = ascending(values);
  const at = quantiles(values, order, weights);
  const value = at(0.5);
  const below = Float64Array.from({ length: n }, (_, i) =>
    values[i]! < value ? 1 : values[i]! === value ? 0.5 : 0,
  );
  const { value: share, influence } = meanInfluence(below, weights);
  const uncertainty: Uncertainty = uncertaintyOf(influence, clusters);
  const half = reachOf(uncertainty.freedom) * Math.min(1, uncertainty.standardError);
  const interval: Interval = [at(Math.max(0, share - half)), at(Math.min(1, share + half))];
  // A share that is larger by one has a smaller median.
  const slope = half > 0 ? (interval[1] - interval[0]) / (2 * half) : 0;
  return { value, interval, influence: influence.map((each) => -slope * each) };
}

/** Places by value, the lowest first. */
const ascending = (values: Numbers): Uint32Array =>
  Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);

/** Quantiles by the middles of the rows' weights, linear between; of equal weights and p = ½ the ordinary median. */
function quantiles(values: Numbers, order: Uint32Array, weights?: Numbers): (p: number) => number {
  const weightOf = (row: number) => (weights ? weights[row]! : 1);
  const rows = order.filter((row) => weightOf(row) > 0);
  const middles = new Float64Array(rows.length);
  let total = 0;
  for (let k = 0; k < rows.length; k++) {
    middles[k] = total + weightOf(rows[k]!) / 2;
    total += weightOf(rows[k]!);
  }
  return (p) => {
    let [low, high] = [0, rows.length - 1];
    if (high < 0) return Number.NaN;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (middles[middle]! <= p * total) low = middle;
      else high = middle;
    }
    const [from, to] = [values[rows[low]!]!, values[rows[high]!]!];
    const length = middles[high]! - middles[low]!;
    const share = length > 0 ? (p * total - middles[low]!) / length : 0;
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  };
}
