/** Photographs that are called good and lie far from all other good ones: defects that somebody put into the wrong folder, perhaps. */
import { quantileSorted } from '@gradus/stats';

/** Times the middle half's width above it ("far out": Tukey, "Exploratory Data Analysis", 1977). */
const FAR = 3;
/** Where more than this share of the good ones lie far out, good pieces are that different: none is set aside. */
const MOST = 0.05;

export interface Suspects {
  /** Places, the farthest first. */
  readonly places: readonly number[];
  /** Whether they are so few that the model and the threshold do without them. */
  readonly areSetAside: boolean;
}

/** @param scores Of good photographs by models that had not seen their piece */
export function findSuspects(scores: Float64Array): Suspects {
  const sorted = Float64Array.from(scores).sort();
  const [low, high] = [quantileSorted(sorted, 0.25), quantileSorted(sorted, 0.75)];
  const limit = high + FAR * (high - low);
  const places = Array.from(scores.keys())
    .filter((i) => scores[i]! > limit)
    .sort((a, b) => scores[b]! - scores[a]!);
  return { places, areSetAside: places.length > 0 && places.length <= Math.max(1, MOST * scores.length) };
}
