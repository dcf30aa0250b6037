/**
 * The best split of a leaf by a column of categories. They are ordered by G / H and split as numbers are: no subset of them is
 * better than the best of these (Fisher, 1958).
 */
import { BIN_BYTES } from './kernels.ts';
import {
  type Bounds,
  type ColumnSplit,
  type LeafSums,
  less,
  plus,
  type SplitOptions,
  worth,
} from './splits.ts';

/** Where histograms lie, and what a whole number in them stands for. */
export interface Histograms {
  /** The memory of the table. */
  readonly words: Int32Array;
  readonly gradientUnit: number;
  readonly hessianUnit: number;
}

/** LightGBM's defaults for categories: how far a rare one's mean is drawn to 0, and the penalty that each split of many has. */
const [SMOOTHING, CATEGORY_L2] = [10, 10];
/** Categories on the smaller side of a split at most. */
const MOST_CATEGORIES = 32;
/** Up to so many categories are split one against the rest, without that penalty. */
const FEW_CATEGORIES = 4;
const WORD = 32;
const WORDS = 256 / WORD;

/**
 * @param place of the column's histogram, of `count` bins
 * @param least What both children are worth more than.
 * @returns undefined where none are
 */
export function categorySplit(
  place: number,
  count: number,
  { words, gradientUnit, hessianUnit }: Histograms,
  leaf: LeafSums,
  options: SplitOptions,
  bounds: Bounds | undefined,
  least: number,
): ColumnSplit | undefined {
  const present: { bin: number; sums: LeafSums }[] = [];
  for (let bin = 0; bin < count; bin++) {
    const word = (place + bin * BIN_BYTES) / 4;
    const rows = words[word + 2]!;
    if (rows === 0) continue;
    present.push({
      bin,
      sums: { gradient: words[word]! * gradientUnit, hessian: words[word + 1]! * hessianUnit, rows },
    });
  }
  if (present.length < 2) return undefined;
  const few = present.length <= FEW_CATEGORIES;
  const penalized = few ? options : { ...options, l2: options.l2 + CATEGORY_L2 };
  const order = few
    ? present
    : present.toSorted(
        (a, b) =>
          a.sums.gradient / (a.sums.hessian + SMOOTHING) - b.sums.gradient / (b.sums.hessian + SMOOTHING) ||
          a.bin - b.bin,
      );
  let best = least;
  let chosen: number[] | undefined;
  let left: LeafSums | undefined;
  const consider = (side: LeafSums, bins: () => number[]) => {
    const rest = less(leaf, side);
    if (side.rows < options.minRows || rest.rows < options.minRows) return;
    if (side.hessian < options.minHessian || rest.hessian < options.minHessian) return;
    const gain = worth(side, penalized, bounds) + worth(rest, penalized, bounds);
    if (!(gain > best)) return;
    best = gain;
    chosen = bins();
    left = side;
  };
  if (few) for (const { bin, sums: side } of order) consider(side, () => [bin]);
  else {
    const most = Math.min(MOST_CATEGORIES, Math.ceil(order.length / 2));
    for (const from of [order, order.toReversed()]) {
      let side: LeafSums = { gradient: 0, hessian: 0, rows: 0 };
      for (let i = 0; i < most; i++) {
        side = plus(side, from[i]!.sums);
        consider(side, () => from.slice(0, i + 1).map(({ bin }) => bin));
      }
    }
  }
  if (!chosen || !left) return undefined;
  // Categories that have no row here go where most rows go.
  const leftIsLarger = 2 * left.rows >= leaf.rows;
  const here = new Set(present.map(({ bin }) => bin));
  const goLeft = new Set<number>(chosen);
  const bins = new Uint32Array(WORDS);
  for (let bin = 0; bin < WORDS * WORD; bin++) {
    if (goLeft.has(bin) || (leftIsLarger && !here.has(bin))) bins[bin >> 5]! |= 1 << (bin & 31);
  }
  return { gain: best - worth(leaf, options, bounds), worth: best, bin: -1, missingLeft: false, bins, left };
}
