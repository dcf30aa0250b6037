/** By how much forecasts of the past err less than naive ones, of an item and of all items together (`gainOf` is of one). */
import type { Gain } from '@gradus/classical';

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

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
