/**
 * The best split of a leaf, found from its histograms: the one that lowers the second-order expansion of the loss most (Friedman,
 * 2001; Chen and Guestrin, XGBoost, 2016). A leaf with gradient sum G and second-derivative sum H answers −G / (H + l2), and is
 * worth G² / (H + l2), with G shrunk by l1.
 *
 * Categories are ordered by G / H and split as numbers are: no subset of them is better than the best of these (Fisher, 1958).
 */
import type { Bins } from './bins.ts';

export interface SplitOptions {
  readonly l1: number;
  readonly l2: number;
  /** Rows that each child has at least. */
  readonly minRows: number;
  /** Sum of second derivatives that each child has at least. */
  readonly minHessian: number;
  /** By how much the loss falls at least. */
  readonly minGain: number;
}

/** Sums over the rows of a leaf, in the units of the loss. */
export interface LeafSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
}

/** What a leaf may answer: bounds that come from monotone columns above it. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Split {
  readonly gain: number;
  readonly column: number;
  /** Of numbers: bins up to this one go left; of categories −1. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Of categories: the bins that go left. */
  readonly bins: Uint32Array | undefined;
  /** Of the left child; the right one has the rest. */
  readonly left: LeafSums;
}

/** One column's histogram, and what a whole number in it stands for. */
export interface Histogram {
  /** [bins, 4]: gradient, second derivative, rows, unused */
  readonly sums: Int32Array;
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

const shrunk = (gradient: number, l1: number): number =>
  l1 === 0 ? gradient : Math.sign(gradient) * Math.max(0, Math.abs(gradient) - l1);

/** What a leaf answers, within its bounds. */
export function leafValue(
  { gradient, hessian }: LeafSums,
  { l1, l2 }: Pick<SplitOptions, 'l1' | 'l2'>,
  bounds?: Bounds,
): number {
  const value = hessian + l2 > 0 ? -shrunk(gradient, l1) / (hessian + l2) : 0;
  return bounds ? Math.min(bounds.high, Math.max(bounds.low, value)) : value;
}

/** By how much a leaf lowers the loss, twice; with bounds its answer may not be the best. */
function worth(sums: LeafSums, options: Pick<SplitOptions, 'l1' | 'l2'>, bounds: Bounds | undefined): number {
  const gradient = shrunk(sums.gradient, options.l1);
  const hessian = sums.hessian + options.l2;
  if (!bounds) return hessian > 0 ? (gradient * gradient) / hessian : 0;
  const value = leafValue(sums, options, bounds);
  return -(2 * gradient * value + hessian * value * value);
}

/**
 * @param monotone 1, −1 or 0: the direction in which the answer may go with the column's numbers
 * @returns the best split of a leaf by one column; undefined where none is worth it
 */
export function bestSplit(
  column: number,
  bins: Bins,
  histogram: Histogram,
  leaf: LeafSums,
  options: SplitOptions,
  monotone: number,
  bounds: Bounds | undefined,
): Split | undefined {
  if (leaf.rows < 2 * options.minRows) return undefined;
  const found =
    bins.kind === 'category'
      ? categorySplit(bins.count, histogram, leaf, options, bounds)
      : numberSplit(bins.missing, histogram, leaf, options, monotone, bounds);
  if (!found || !(found.gain > options.minGain)) return undefined;
  return { column, ...found };
}

type Found = Omit<Split, 'column'>;

function numberSplit(
  missing: number,
  { sums, gradientUnit, hessianUnit }: Histogram,
  leaf: LeafSums,
  options: SplitOptions,
  monotone: number,
  bounds: Bounds | undefined,
): Found | undefined {
  const { l1, l2, minRows, minHessian } = options;
  const parent = worth(leaf, options, bounds);
  const [noneG, noneH, noneRows] = [sums[4 * missing]!, sums[4 * missing + 1]!, sums[4 * missing + 2]!];
  const simple = l1 === 0 && monotone === 0 && !bounds;
  let best = parent + options.minGain;
  let bin = -1;
  let missingLeft = false;
  let [bestG, bestH, bestRows] = [0, 0, 0];
  for (let side = 0; side < (noneRows > 0 ? 2 : 1); side++) {
    let gradient = side === 1 ? noneG : 0;
    let hessian = side === 1 ? noneH : 0;
    let rows = side === 1 ? noneRows : 0;
    // With what is missing on the right, all numbers may go left.
    const last = side === 0 && noneRows > 0 ? missing : missing - 1;
    for (let b = 0; b < last; b++) {
      const inBin = sums[4 * b + 2]!;
      if (inBin === 0) continue;
      gradient += sums[4 * b]!;
      hessian += sums[4 * b + 1]!;
      rows += inBin;
      if (rows < minRows) continue;
      if (leaf.rows - rows < minRows) break;
      const leftH = hessian * hessianUnit;
      const rightH = leaf.hessian - leftH;
      if (leftH < minHessian) continue;
      if (rightH < minHessian) break;
      const leftG = gradient * gradientUnit;
      const rightG = leaf.gradient - leftG;
      let gain: number;
      if (simple) gain = (leftG * leftG) / (leftH + l2) + (rightG * rightG) / (rightH + l2);
      else {
        const left = { gradient: leftG, hessian: leftH, rows };
        const right = { gradient: rightG, hessian: rightH, rows: leaf.rows - rows };
        if (monotone !== 0) {
          const rise = leafValue(right, options, bounds) - leafValue(left, options, bounds);
          if (rise * monotone < 0) continue;
        }
        gain = worth(left, options, bounds) + worth(right, options, bounds);
      }
      if (gain > best) {
        best = gain;
        bin = b;
        missingLeft = side === 1;
        bestG = leftG;
        bestH = leftH;
        bestRows = rows;
      }
    }
  }
  if (bin < 0) return undefined;
  return {
    gain: best - parent,
    bin,
    // What was never missing here goes where most rows go.
    missingLeft: noneRows > 0 ? missingLeft : 2 * bestRows >= leaf.rows,
    bins: undefined,
    left: { gradient: bestG, hessian: bestH, rows: bestRows },
  };
}

function categorySplit(
  count: number,
  { sums, gradientUnit, hessianUnit }: Histogram,
  leaf: LeafSums,
  options: SplitOptions,
  bounds: Bounds | undefined,
): Found | undefined {
  const present: { bin: number; sums: LeafSums }[] = [];
  for (let bin = 0; bin < count; bin++) {
    const rows = sums[4 * bin + 2]!;
    if (rows === 0) continue;
    present.push({
      bin,
      sums: { gradient: sums[4 * bin]! * gradientUnit, hessian: sums[4 * bin + 1]! * hessianUnit, rows },
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
  const parent = worth(leaf, options, bounds);
  let best = parent + options.minGain;
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
  return { gain: best - parent, bin: -1, missingLeft: false, bins, left };
}

export const less = (all: LeafSums, part: LeafSums): LeafSums => ({
  gradient: all.gradient - part.gradient,
  hessian: all.hessian - part.hessian,
  rows: all.rows - part.rows,
});

const plus = (a: LeafSums, b: LeafSums): LeafSums => ({
  gradient: a.gradient + b.gradient,
  hessian: a.hessian + b.hessian,
  rows: a.rows + b.rows,
});
