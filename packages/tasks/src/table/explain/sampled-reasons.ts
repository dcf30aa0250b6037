/**
 * Reasons of an answer of any model: Shapley values by permutations (Castro, Gómez and Tejada, "Polynomial calculation of the Shapley value
 * based on sampling", 2009), each with its reverse (Mitchell et al., 2022). A typical row takes the explained row's cells one column
 * after the other; what the score moves by is the column's. However few the permutations, the reasons add up to the difference of
 * the two scores.
 */
import { Random } from '@gradus/base';
import type { Reason } from '../../shared/reasons.ts';
import type { Cells, TableColumn } from '../columns.ts';
import { answersTo, type Predict } from './variants.ts';

export interface SampledReasonsOptions {
  /** One row. */
  readonly row: readonly TableColumn[];
  /** What is usual, by column. */
  readonly typical: ReadonlyMap<string, Cells>;
  readonly predict: Predict;
  /** What is explained, of the answer to one row. */
  score(answer: Float64Array): number;
}

const PERMUTATIONS = 8;
/** Of wide tables fewer are drawn, so that a row is asked of about as many copies. */
const MOST_COPIES = 2000;

/** @returns the strongest first */
export async function sampledReasons({
  row,
  typical,
  predict,
  score,
}: SampledReasonsOptions): Promise<Reason[]> {
  const random = new Random('reasons');
  const pairs = Math.max(1, Math.min(PERMUTATIONS, Math.floor(MOST_COPIES / (2 * row.length))));
  const orders = Array.from({ length: pairs }, () => random.permutation(row.length)).flatMap((order) => [
    order,
    order.toReversed(),
  ]);
  // Of each order: all columns typical, then one more of the row's own each time.
  const variants = orders.flatMap((order) =>
    Array.from({ length: row.length + 1 }, (_, own) => {
      const rest = Array.from(order.subarray(own), (k) => row[k]!.name);
      return new Map(rest.map((name) => [name, typical.get(name)!]));
    }),
  );
  const scores = await answersTo({ columns: row, rows: 1, predict }, variants, (answer) => score(answer));
  const sums = new Float64Array(row.length);
  for (const [o, order] of orders.entries()) {
    for (const [step, k] of order.entries()) {
      const at = o * (row.length + 1) + step;
      sums[k]! += (scores[at + 1]! - scores[at]!) / orders.length;
    }
  }
  return row
    .map(({ name }, k) => ({ unit: name, weight: sums[k]! }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}
