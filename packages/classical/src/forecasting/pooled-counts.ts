/**
 * Quantiles of demand that is mostly zero, drawn from all items of a file (empirical Bayes: Robbins, 1956; Efron and Morris, 1975). Few sales
 * of one item tell neither how often it sells nor how large a sale may be; those of a thousand items tell how such items differ.
 *
 * - How often: an item's chance of a sale in a step has a beta distribution over the items, whose moments the file shows.
 * - How much: the logarithm of an item's usual sale has a normal distribution over the items, and single sales lie around the usual one as
 *   they do in all items together. An item's own sales are what may come again, the more of them there are.
 */
export interface PooledCounts {
  /**
   * Of one step to come.
   *
   * @param history the past of an item of the pool, or of another; not negative
   * @param levels between 0 and 1, rising
   * @returns by level
   */
  quantiles(history: Float64Array, levels: readonly number[]): Float64Array;
}

/** Fewer items tell nothing of how items differ. */
const FEWEST_ITEMS = 10;
/** What single sales of all items look like weighs as much as so many sales of an item's own. */
const SHARED_SALES = 10;
/** Points that stand for the sizes of all items. */
const POINTS = 99;
const SMALL = 1e-9;

/** @param histories not negative @returns undefined where there are too few items that sold at all */
export function pooledCounts(histories: readonly Float64Array[]): PooledCounts | undefined {
  const items = histories.map(salesOf);
  const sold = items.filter(({ logs }) => logs.length > 0);
  if (sold.length < FEWEST_ITEMS) return undefined;
  const isWhole = histories.every((values) => values.every(Number.isInteger));
  const chance = chanceOf(items);
  const size = sizeOf(sold);
  const points = pointsOf(sold);
  return {
    quantiles(history, levels) {
      const { steps, logs, mean } = salesOf(history);
      const sells = (logs.length + chance.weight * chance.mean) / (steps + chance.weight);
      // The usual sale, and how surely it is known.
      const precision = logs.length / size.within + 1 / size.between;
      const usual = ((logs.length * mean) / size.within + size.mean / size.between) / precision;
      const widen = Math.sqrt(1 + 1 / precision / size.within);
      const own = logs.length / (logs.length + SHARED_SALES);
      const sales = [
        ...Array.from(logs, (log) => ({ amount: Math.exp(log), share: own / logs.length })),
        ...points.map((z) => ({ amount: Math.exp(usual + z * widen), share: (1 - own) / points.length })),
      ].sort((a, b) => a.amount - b.amount);
      return Float64Array.from(levels, (level) => {
        let below = 1 - sells;
        if (below >= level - SMALL) return 0;
        for (const { amount, share } of sales) {
          below += sells * share;
          if (below >= level - SMALL) return isWhole ? Math.max(1, Math.round(amount)) : amount;
        }
        return sales.at(-1)!.amount;
      });
    },
  };
}

interface Sales {
  readonly steps: number;
  /** Logarithms of what was sold, of the steps with a sale. */
  readonly logs: Float64Array;
  readonly mean: number;
}

function salesOf(history: Float64Array): Sales {
  const logs = history.filter((value) => value > 0).map(Math.log);
  return { steps: history.length, logs, mean: logs.length > 0 ? meanOf(logs) : 0 };
}

/** The mean chance of a sale, and how many steps of an item it weighs as much as (moments of the beta-binomial distribution). */
function chanceOf(items: readonly Sales[]): { mean: number; weight: number } {
  const total = (of: (item: Sales) => number) => items.reduce((sum, item) => sum + of(item), 0);
  const mean = total(({ logs }) => logs.length) / total(({ steps }) => steps);
  const spread = total(({ steps, logs }) => (logs.length / steps - mean) ** 2) / items.length;
  const binomial = mean * (1 - mean);
  const noise = (binomial * total(({ steps }) => 1 / steps)) / items.length;
  return { mean, weight: Math.max(0, binomial / Math.max(SMALL, spread - noise) - 1) };
}

/** Usual sales of the items in logs: their mean, their variance, and that of single sales around them. */
function sizeOf(sold: readonly Sales[]): { mean: number; between: number; within: number } {
  let [squares, freedom] = [0, 0];
  for (const { logs, mean } of sold) {
    for (const log of logs) squares += (log - mean) ** 2;
    freedom += logs.length - 1;
  }
  const within = Math.max(SMALL, squares / Math.max(1, freedom));
  const means = Float64Array.from(sold, ({ mean }) => mean);
  const mean = meanOf(means);
  const noise = meanOf(Float64Array.from(sold, ({ logs }) => within / logs.length));
  return { mean, within, between: Math.max(SMALL, meanOf(means.map((own) => (own - mean) ** 2)) - noise) };
}

/** Where single sales lie around their item's mean, in logs: evenly many points of all items. */
function pointsOf(sold: readonly Sales[]): number[] {
  const apart: number[] = [];
  for (const { logs, mean } of sold) {
    // Around a mean that they have made themselves they lie closer.
    const wider = Math.sqrt(logs.length / Math.max(1, logs.length - 1));
    if (logs.length > 1) for (const log of logs) apart.push((log - mean) * wider);
  }
  if (apart.length === 0) return [0];
  const sorted = Float64Array.from(apart).sort();
  return Array.from({ length: POINTS }, (_, p) => sorted[Math.floor(((p + 0.5) / POINTS) * sorted.length)]!);
}

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
