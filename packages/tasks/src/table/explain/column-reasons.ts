/**
 * Reasons of one answer by the table's own columns: what each of them adds to the row's score beside the mean of the training rows.
 * A model's features (a date's month and weekday, a category's levels) count with the column that they were made of. With the mean
 * score they add up to the row's score: exactly, by Shapley values, which for a linear model are (value − mean) · weight (Lundberg
 * and Lee, "A Unified Approach to Interpreting Model Predictions", 2017).
 */
import type { TreeColumn, TreeExplainer } from '@gradus/classical';
import type { Reason } from '../../shared/reasons.ts';

/**
 * @param columns of one row or many, as the model was trained on
 * @param sources the table's column that each of them was made of
 * @returns by row, the strongest reason first
 */
export function treeReasons(
  explainer: TreeExplainer,
  columns: readonly TreeColumn[],
  sources: readonly string[],
): Reason[][] {
  const { values } = explainer.explain(columns);
  const width = columns.length;
  return Array.from({ length: values.length / width }, (_, row) =>
    summed(sources.map((unit, k) => ({ unit, weight: values[row * width + k]! }))),
  );
}

export interface LinearTerms {
  /** [features, outputs] */
  readonly weights: Float32Array;
  /** [features]: means over the training rows; of a level, the share of the rows that have it */
  readonly means: Float64Array;
}

/**
 * @param values [features] of one row; of the levels of a category, 1 for the row's own and 0 for the others
 * @param sources the table's column that each feature was made of
 * @param output whose score is explained
 */
export function linearColumnReasons(
  { weights, means }: LinearTerms,
  values: ArrayLike<number>,
  sources: readonly string[],
  output: number,
): Reason[] {
  const outputs = weights.length / means.length;
  return summed(
    sources.map((unit, k) => ({ unit, weight: (values[k]! - means[k]!) * weights[k * outputs + output]! })),
  );
}

/** Reasons of a weighted sum of models. */
export const mixedReasons = (
  parts: readonly { readonly weight: number; readonly reasons: readonly Reason[] }[],
): Reason[] =>
  summed(
    parts.flatMap(({ weight: share, reasons }) =>
      reasons.map(({ unit, weight }) => ({ unit, weight: share * weight })),
    ),
  );

/** Added up by unit; the strongest first, whichever way. */
function summed(reasons: readonly Reason[]): Reason[] {
  const sums = new Map<string, number>();
  for (const { unit, weight } of reasons) sums.set(unit, (sums.get(unit) ?? 0) + weight);
  return [...sums]
    .map(([unit, weight]) => ({ unit, weight }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}
