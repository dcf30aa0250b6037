/** Scores of several kinds as one: a weighted mean, each in units of its own spread over good pieces. */
import { rocAuc } from '@gradus/stats';

/** Of photographs by models that had not seen their piece. */
export interface Scores {
  readonly good: Float64Array;
  readonly defects: Float64Array;
}

export interface Scale {
  readonly mean: number;
  readonly spread: number;
  /** Adds up to 1 over the kinds. */
  readonly weight: number;
}

export interface Combined {
  readonly scales: readonly Scale[];
  readonly good: Float64Array;
  readonly defects: Float64Array;
  /** Absent where there are too few defects. */
  readonly auroc?: number;
}

/** Fewer defects rank nothing. */
const FEWEST_RANKED = 5;
/** Of known defects: they count as one of three, more, or nearly alone. */
const KNOWN_SHARES = [1 / 3, 2 / 3, 0.9];
const PLACES_SHARES = [1 / 2, 1 / 4, 0];

export function combined(parts: readonly Scores[], weights: readonly number[]): Combined {
  const scales = parts.map(({ good }, k): Scale => ({ ...spreadOf(good), weight: weights[k]! }));
  const total = (kind: keyof Scores): Float64Array =>
    parts[0]![kind].map((_, i) =>
      parts.reduce((sum, part, k) => {
        const { mean, spread, weight } = scales[k]!;
        return sum + (weight * (part[kind][i]! - mean)) / spread;
      }, 0),
    );
  const [good, defects] = [total('good'), total('defects')];
  if (defects.length < FEWEST_RANKED) return { scales, good, defects };
  const labels = Float64Array.from({ length: good.length + defects.length }, (_, i) =>
    Number(i >= good.length),
  );
  return { scales, good, defects, auroc: rocAuc(labels, Float64Array.from([...good, ...defects])) };
}

/** Known defects count as much as is best in cross-validation, and places beside the whole among them. */
export function combinedWithKnown(
  distance: Scores,
  made: Scores,
  [ofPlaces, ofWhole]: readonly [places: Scores, whole: Scores],
): Combined {
  return KNOWN_SHARES.flatMap((share) =>
    PLACES_SHARES.map((places) =>
      combined(
        [distance, made, ofPlaces, ofWhole],
        [(1 - share) / 2, (1 - share) / 2, share * places, share * (1 - places)],
      ),
    ),
  ).reduce((best, one) => (one.auroc! > best.auroc! ? one : best));
}

function spreadOf(scores: Float64Array): { readonly mean: number; readonly spread: number } {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const spread = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length);
  return { mean, spread: spread || 1 };
}
