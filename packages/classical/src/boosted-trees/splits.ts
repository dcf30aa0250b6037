/**
 * What splits are worth. The best one lowers the second-order expansion of the loss most (Friedman, 2001; Chen and Guestrin,
 * XGBoost, 2016): a leaf with gradient sum G and second-derivative sum H answers −G / (H + l2), and is worth G² / (H + l2), with G
 * shrunk by l1.
 */
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
  /** By how much it lowers the loss, twice. */
  readonly gain: number;
  /** What both children are worth: of splits of one leaf the best has the most. */
  readonly worth: number;
  readonly column: number;
  /** Of numbers: bins up to this one go left; of categories −1. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Of categories: the bins that go left. */
  readonly bins: Uint32Array | undefined;
  /** Of the left child; the right one has the rest. */
  readonly left: LeafSums;
}

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
export function worth(
  sums: LeafSums,
  options: Pick<SplitOptions, 'l1' | 'l2'>,
  bounds: Bounds | undefined,
): number {
  const gradient = shrunk(sums.gradient, options.l1);
  const hessian = sums.hessian + options.l2;
  if (!bounds) return hessian > 0 ? (gradient * gradient) / hessian : 0;
  const value = leafValue(sums, options, bounds);
  return -(2 * gradient * value + hessian * value * value);
}

/** The best split of a leaf by one column. */
export type ColumnSplit = Omit<Split, 'column'>;

export const less = (all: LeafSums, part: LeafSums): LeafSums => ({
  gradient: all.gradient - part.gradient,
  hessian: all.hessian - part.hessian,
  rows: all.rows - part.rows,
});

export const plus = (a: LeafSums, b: LeafSums): LeafSums => ({
  gradient: a.gradient + b.gradient,
  hessian: a.hessian + b.hessian,
  rows: a.rows + b.rows,
});
