/**
 * How columns go together: Pearson and Spearman for two of numbers; Cramér's V for two of categories, corrected for what
 * chance alone gives (Bergsma, 2013); the correlation ratio η (Pearson, 1905) for numbers by category. Rows where either
 * is missing do not count.
 */
import type { Association, Associations } from './document.ts';
import type { Feature } from './feature.ts';

const MOST_COLUMNS = 40;
const MOST_ROWS = 20_000;
/** Fewer rows say nothing. */
const FEWEST = 10;

/** @param features The first are compared; each must have as many rows. */
export function associations(features: readonly Feature[]): Associations {
  const compared = features.slice(0, MOST_COLUMNS).map(thinned);
  const orders = new Map<Feature, Uint32Array>();
  const pairs: Association[] = [];
  for (const [i, a] of compared.entries()) {
    for (const b of compared.slice(i + 1)) {
      const found = associate(a, b, orders);
      if (found) pairs.push(found);
    }
  }
  const strength = ({ value, spearman }: Association) => Math.max(Math.abs(value), Math.abs(spearman ?? 0));
  pairs.sort((a, b) => strength(b) - strength(a) || (a.columns.join() < b.columns.join() ? -1 : 1));
  return {
    columns: compared.map(({ name }) => name),
    leftOut: features.length - compared.length,
    pairs,
  };
}

/** Every k-th row, where there are too many. */
function thinned(feature: Feature): Feature {
  const thin = <A extends Float64Array | Int32Array>(values: A): A => {
    const step = Math.ceil(values.length / MOST_ROWS);
    return step <= 1 ? values : (values.filter((_, i) => i % step === 0) as A);
  };
  return feature.kind === 'number'
    ? { ...feature, numbers: thin(feature.numbers) }
    : { ...feature, codes: thin(feature.codes) };
}

function associate(a: Feature, b: Feature, orders: Map<Feature, Uint32Array>): Association | undefined {
  const columns = [a.name, b.name] as const;
  const known = (
    value: { value: number; rows: number; spearman?: number },
    measure: Association['measure'],
  ) => (value.rows < FEWEST || Number.isNaN(value.value) ? undefined : { columns, measure, ...value });
  if (a.kind === 'number' && b.kind === 'number') {
    const both = a.numbers.map((x, i) => (Number.isNaN(b.numbers[i]!) ? Number.NaN : x));
    const linear = pearson(both, b.numbers);
    const ranked = pearson(ranks(both, orderOf(a, orders)), ranks(gaps(b.numbers, both), orderOf(b, orders)));
    return known({ ...linear, spearman: ranked.value }, 'pearson');
  }
  if (a.kind === 'category' && b.kind === 'category')
    return known(cramersV(a.codes, a.levels.length, b.codes, b.levels.length), "cramer's v");
  const [numbers, codes] = a.kind === 'number' ? [a, b] : [b, a];
  if (numbers.kind !== 'number' || codes.kind !== 'category') return undefined;
  return known(correlationRatio(numbers.numbers, codes.codes, codes.levels.length), 'correlation ratio');
}

const gaps = (numbers: Float64Array, like: Float64Array): Float64Array =>
  numbers.map((x, i) => (Number.isNaN(like[i]!) ? Number.NaN : x));

function orderOf(
  feature: Extract<Feature, { kind: 'number' }>,
  orders: Map<Feature, Uint32Array>,
): Uint32Array {
  let order = orders.get(feature);
  if (!order) {
    const { numbers } = feature;
    order = Uint32Array.from(numbers, (_, i) => i)
      .filter((i) => !Number.isNaN(numbers[i]!))
      .sort((i, j) => numbers[i]! - numbers[j]!);
    orders.set(feature, order);
  }
  return order;
}

/** Ranks from 1, equal values sharing the mean of theirs; NaN stays. */
export function ranks(numbers: Float64Array, order: Uint32Array): Float64Array {
  const held = order.filter((i) => !Number.isNaN(numbers[i]!));
  const ranked = new Float64Array(numbers.length).fill(Number.NaN);
  for (let from = 0; from < held.length; ) {
    let to = from + 1;
    while (to < held.length && numbers[held[to]!] === numbers[held[from]!]) to += 1;
    for (let k = from; k < to; k++) ranked[held[k]!] = (from + to + 1) / 2;
    from = to;
  }
  return ranked;
}

/** NaN where either does not vary. */
export function pearson(x: Float64Array, y: Float64Array): { value: number; rows: number } {
  let rows = 0;
  let [meanX, meanY, xx, yy, xy] = [0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i]!, y[i]!];
    if (Number.isNaN(u) || Number.isNaN(v)) continue;
    rows += 1;
    // Welford's updates: no difference of large sums.
    const [du, dv] = [u - meanX, v - meanY];
    meanX += du / rows;
    meanY += dv / rows;
    xx += du * (u - meanX);
    yy += dv * (v - meanY);
    xy += du * (v - meanY);
  }
  const value = xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
  return { value: Math.max(-1, Math.min(1, value)), rows };
}

/** Bias-corrected. NaN where either has one level. */
export function cramersV(
  x: Int32Array,
  levelsX: number,
  y: Int32Array,
  levelsY: number,
): { value: number; rows: number } {
  const table = new Float64Array(levelsX * levelsY);
  const [ofX, ofY] = [new Float64Array(levelsX), new Float64Array(levelsY)];
  let rows = 0;
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i]!, y[i]!];
    if (u < 0 || v < 0) continue;
    rows += 1;
    table[u * levelsY + v]! += 1;
    ofX[u]! += 1;
    ofY[v]! += 1;
  }
  let chi2 = 0;
  for (let u = 0; u < levelsX; u++) {
    for (let v = 0; v < levelsY; v++) {
      const expected = (ofX[u]! * ofY[v]!) / rows;
      if (expected > 0) chi2 += (table[u * levelsY + v]! - expected) ** 2 / expected;
    }
  }
  const used = (of: Float64Array) => of.filter((count) => count > 0).length;
  const [r, k] = [used(ofX), used(ofY)];
  if (r < 2 || k < 2) return { value: Number.NaN, rows };
  const corrected = (levels: number) => levels - (levels - 1) ** 2 / (rows - 1);
  const phi2 = Math.max(0, chi2 / rows - ((r - 1) * (k - 1)) / (rows - 1));
  return { value: Math.min(1, Math.sqrt(phi2 / Math.min(corrected(r) - 1, corrected(k) - 1))), rows };
}

/** √(variance between the groups / variance of all). */
export function correlationRatio(
  numbers: Float64Array,
  codes: Int32Array,
  levels: number,
): { value: number; rows: number } {
  const [sums, counts] = [new Float64Array(levels), new Float64Array(levels)];
  let rows = 0;
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < numbers.length; i++) {
    const [x, code] = [numbers[i]!, codes[i]!];
    if (Number.isNaN(x) || code < 0) continue;
    rows += 1;
    const d = x - mean;
    mean += d / rows;
    squares += d * (x - mean);
    sums[code]! += x;
    counts[code]! += 1;
  }
  let between = 0;
  for (let k = 0; k < levels; k++)
    if (counts[k]! > 0) between += counts[k]! * (sums[k]! / counts[k]! - mean) ** 2;
  const groups = counts.filter((count) => count > 0).length;
  return { value: squares > 0 && groups > 1 ? Math.sqrt(Math.min(1, between / squares)) : Number.NaN, rows };
}
