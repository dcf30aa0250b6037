/**
 * The best split of a leaf by a column of numbers: all thresholds, with what is missing on either side.
 */
import type { Histograms } from './category-split.ts';
import { BIN_BYTES } from './kernels.ts';
import { BLOCK, type NextPromising } from './promising-bins.ts';
import {
  type Bounds,
  type ColumnSplit,
  type LeafSums,
  leafValue,
  type SplitOptions,
  worth,
} from './splits.ts';

/** How a thread looks for splits. */
export interface Scan extends Histograms {
  /** Of SCAN_BYTES of its own. */
  readonly place: number;
  readonly next: NextPromising;
}

/** By more than the roundings of float32 in the search for promising bins. */
const LOWERED = 1 - 2 ** -18;
/** Whole numbers up to which products of three are float32. */
const MOST_L2 = 2 ** 40;

/**
 * @param place of the column's histogram @param missing the bin of what is missing, the last
 * @param monotone 1, −1 or 0: the direction in which the answer may go with the numbers
 * @param least What both children are worth more than.
 * @returns undefined where none are
 */
export function numberSplit(
  place: number,
  missing: number,
  { words, place: scan, next, gradientUnit, hessianUnit }: Scan,
  leaf: LeafSums,
  options: SplitOptions,
  monotone: number,
  bounds: Bounds | undefined,
  least: number,
): ColumnSplit | undefined {
  const { l1, l2, minRows, minHessian } = options;
  const none = place / 4 + 4 * missing;
  const [noneG, noneH, noneRows] = [words[none]!, words[none + 1]!, words[none + 2]!];
  const [before, after] = [scan / 4, scan / 4 + 4];
  const [ofLeaf, ofMissing] = [after + 4, after + 8];
  for (let i = 0; i < 3; i++) {
    words[after + i] = 0;
    words[ofMissing + i] = words[none + i]!;
  }
  words[ofLeaf] = Math.round(leaf.gradient / gradientUnit);
  words[ofLeaf + 1] = Math.round(leaf.hessian / hessianUnit);
  words[ofLeaf + 2] = leaf.rows;
  const simple = l1 === 0 && monotone === 0 && !bounds;
  const filtered = simple && l2 / hessianUnit < MOST_L2;
  const inWhole = (LOWERED * hessianUnit) / gradientUnit ** 2;
  const end = place + missing * BIN_BYTES;
  let best = least;
  let bin = -1;
  let missingLeft = false;
  let [bestG, bestH, bestRows] = [0, 0, 0];
  let [gradient, hessian, rows] = [0, 0, 0];
  for (let at = place; at < end; at += BLOCK * BIN_BYTES) {
    if (filtered) {
      at = next(at, end, scan, best * inWhole, l2 / hessianUnit, minRows - 1);
      if (at >= end) break;
      gradient = words[before]!;
      hessian = words[before + 1]!;
      rows = words[before + 2]!;
    }
    const first = (at - place) / BIN_BYTES;
    for (let b = first; b < Math.min(first + BLOCK, missing); b++) {
      const word = place / 4 + 4 * b;
      const inBin = words[word + 2]!;
      if (inBin === 0) continue;
      gradient += words[word]!;
      hessian += words[word + 1]!;
      rows += inBin;
      // What is missing on the left, then on the right, where all numbers may go left.
      for (let side = noneRows > 0 ? 1 : 0; side >= 0; side--) {
        const leftRows = rows + side * noneRows;
        if (leftRows < minRows || leaf.rows - leftRows < minRows) continue;
        const leftH = (hessian + side * noneH) * hessianUnit;
        const rightH = leaf.hessian - leftH;
        if (leftH < minHessian || rightH < minHessian) continue;
        const leftG = (gradient + side * noneG) * gradientUnit;
        const rightG = leaf.gradient - leftG;
        let both: number;
        if (simple) both = (leftG * leftG) / (leftH + l2) + (rightG * rightG) / (rightH + l2);
        else {
          const left = { gradient: leftG, hessian: leftH, rows: leftRows };
          const right = { gradient: rightG, hessian: rightH, rows: leaf.rows - leftRows };
          if (monotone !== 0) {
            const rise = leafValue(right, options, bounds) - leafValue(left, options, bounds);
            if (rise * monotone < 0) continue;
          }
          both = worth(left, options, bounds) + worth(right, options, bounds);
        }
        if (!(both > best)) continue;
        best = both;
        bin = b;
        missingLeft = side === 1;
        bestG = leftG;
        bestH = leftH;
        bestRows = leftRows;
      }
    }
  }
  if (bin < 0) return undefined;
  return {
    gain: best - worth(leaf, options, bounds),
    worth: best,
    bin,
    // What was never missing here goes where most rows go.
    missingLeft: noneRows > 0 ? missingLeft : 2 * bestRows >= leaf.rows,
    bins: undefined,
    left: { gradient: bestG, hessian: bestH, rows: bestRows },
  };
}
