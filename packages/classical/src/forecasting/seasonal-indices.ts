/**
 * Classical decomposition (Persons, 1919; Hyndman and Athanasopoulos, section 3.4): the trend is a centered moving average over a
 * season; what each place in the season is on average off from it, as a difference or as a ratio, is its index. And the test of
 * Assimakopoulos and Nikolopoulos (2000) for whether there is a season at all.
 */

export type SeasonForm = 'additive' | 'multiplicative';

/** The 90 % point of the normal distribution, two-sided, as in the M competitions. */
const Z90 = 1.645;

/**
 * @returns by place in the season, beginning with that of the first value; differences sum to 0, ratios have mean 1. Undefined for
 *   fewer than two seasons, or ratios of values that are not all positive
 */
export function seasonalIndices(
  series: Float64Array,
  season: number,
  form: SeasonForm,
): Float64Array | undefined {
  const n = series.length;
  if (season < 2 || n < 2 * season) return undefined;
  if (form === 'multiplicative' && series.some((value) => value <= 0)) return undefined;
  const trend = movingAverage(series, season);
  const sums = new Float64Array(season);
  const counts = new Int32Array(season);
  for (let t = 0; t < n; t++) {
    const level = trend[t]!;
    if (Number.isNaN(level)) continue;
    sums[t % season]! += form === 'additive' ? series[t]! - level : series[t]! / level;
    counts[t % season]!++;
  }
  const indices = sums.map((sum, place) => sum / Math.max(1, counts[place]!));
  const mean = indices.reduce((sum, value) => sum + value, 0) / season;
  return indices.map((index) => (form === 'additive' ? index - mean : index / mean));
}

/** Centered over a season: of an even one with half weight for both ends. NaN where it has no room. */
export function movingAverage(series: Float64Array, season: number): Float64Array {
  const n = series.length;
  const half = Math.floor(season / 2);
  const isEven = season % 2 === 0;
  const average = new Float64Array(n).fill(Number.NaN);
  let sum = 0; // of the places t − half … t + half
  for (let t = 0; t < n; t++) {
    sum += series[t]!;
    const first = t - 2 * half;
    if (first < 0) continue;
    average[t - half] = isEven ? (sum - (series[first]! + series[t]!) / 2) / season : sum / season;
    sum -= series[first]!;
  }
  return average;
}

/** Autocorrelation at lags 0 to `most`. All 0 but the first where the series does not vary. */
export function autocorrelation(series: Float64Array, most: number): Float64Array {
  const n = series.length;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const centered = series.map((value) => value - mean);
  const scale = centered.reduce((sum, value) => sum + value ** 2, 0);
  return Float64Array.from({ length: most + 1 }, (_, lag) => {
    if (lag === 0) return 1;
    if (!(scale > 0)) return 0;
    let sum = 0;
    for (let t = lag; t < n; t++) sum += centered[t]! * centered[t - lag]!;
    return sum / scale;
  });
}

/** Whether the correlation at the season's lag is further from 0 than 90 % of those of a series without season. */
export function isSeasonal(series: Float64Array, season: number): boolean {
  const n = series.length;
  if (season < 2 || n < 3 * season) return false;
  const correlation = autocorrelation(series, season);
  let squares = 0;
  for (let lag = 1; lag < season; lag++) squares += correlation[lag]! ** 2;
  return Math.abs(correlation[season]!) > Z90 * Math.sqrt((1 + 2 * squares) / n);
}
