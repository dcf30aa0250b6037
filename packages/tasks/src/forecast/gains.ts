/** By how much forecasts of the past err less than naive ones, and how surely that is known, of an item and of all items together. */

export interface Gain {
  /** By roll: the share of the mean naive error by which the error is below the naive one's. */
  readonly gains: readonly number[];
  readonly mean: number;
  /** The standard error of the mean; NaN for a single roll. */
  readonly error: number;
}

/** What items show together. */
export interface SharedGain {
  /** Items that show a gain and its error. */
  readonly items: number;
  readonly mean: number;
  /** How items differ beyond the noise of each, as a variance, and that noise. */
  readonly between: number;
  readonly noise: number;
}

/** Fewer items show nothing together. */
const FEWEST_ITEMS = 5;

/**
 * @param naive errors by roll
 * @param chosen errors by roll
 * @param apart how much of what a roll tells its neighbours do not: rolls that overlap are fewer witnesses
 */
export function gainOf(naive: readonly number[], chosen: readonly number[], apart: number): Gain {
  const size = meanOf(naive);
  const gains = naive.map((error, r) => (size > 0 ? (error - chosen[r]!) / size : 0)).filter(Number.isFinite);
  return { gains, mean: meanOf(gains), error: standardError(gains, apart) };
}

export function centreOf(gains: readonly Gain[]): SharedGain {
  const known = gains.filter(({ mean, error }) => Number.isFinite(mean) && Number.isFinite(error));
  const mean = meanOf(known.map((gain) => gain.mean));
  const noise = meanOf(known.map(({ error }) => error ** 2));
  const between = Math.max(0, meanOf(known.map((gain) => (gain.mean - mean) ** 2)) - noise);
  return { items: known.length, mean, between, noise };
}

/**
 * An item's gain drawn towards that of all items, by how surely it is known (empirical Bayes: Efron and Morris, 1975).
 *
 * @returns with the weight of its own gain, which is 1 where there are too few items
 */
export function drawnTo(
  { mean, error }: Gain,
  { items, mean: centre, between, noise }: SharedGain,
): { readonly mean: number; readonly weight: number; readonly error: number } {
  if (items < FEWEST_ITEMS || Number.isNaN(mean)) return { mean, weight: 1, error };
  const own = Number.isFinite(error) ? error : Math.sqrt(noise);
  const weight = own === 0 ? Number(between > 0) : between / (between + own ** 2);
  return { mean: weight * mean + (1 - weight) * centre, weight, error: own };
}

/**
 * The standard error of a mean over rolls. Those that share steps are alike by that share: they are fewer witnesses, and scatter less than
 * witnesses of their own would.
 *
 * @returns NaN for a single value
 */
export function standardError(values: readonly number[], apart: number): number {
  const n = values.length;
  let alike = 0;
  for (let d = 1; d < n; d++) alike += (2 * (n - d) * Math.max(0, 1 - d * apart)) / (n * (n - 1));
  const centre = meanOf(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1) / (1 - alike);
  return Math.sqrt((variance * (1 + (n - 1) * alike)) / n);
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
