/**
 * The partial likelihood of proportional hazards (Cox, 1972) with Breslow's treatment of ties: the score of a row is the logarithm
 * of its hazard. Every row in which the event happened is compared with all that were still at risk at its time.
 */
import { UserError } from '@gradus/base';
import type { TreeLoss, TreeTarget } from './loss.ts';

export const coxLoss = (): TreeLoss => ({
  name: 'cox',
  outputs: 1,
  check({ values }) {
    for (let row = 0; row < values.length; row++) {
      if (Number.isFinite(values[row]!) && values[row] !== 0) continue;
      throw new UserError({
        en: `Row ${row + 1} has the time ${values[row]}; expected a number that is not 0, negative where nothing had happened until then.`,
        zh: `第 ${row + 1} 行的时间为 ${values[row]}；应为非零数值，若到该时刻仍未发生则写成负数。`,
      });
    }
  },
  constant: () => Float64Array.of(0),
  derivatives(target, scores, [{ gradients, hessians }]) {
    gradients.fill(0);
    hessians.fill(0);
    for (const { row, first, second, event, weight, hazard } of riskRows(target, scores)) {
      gradients[row] = weight * (hazard * first - (event ? 1 : 0));
      hessians[row] = weight * Math.max(hazard * first - weight * hazard * hazard * second, 1e-16);
    }
  },
  value(target, scores) {
    let [sum, weight] = [0, 0];
    for (const row of riskRows(target, scores)) {
      weight += row.weight;
      if (row.event) sum += row.weight * Math.log(row.risk / row.hazard);
    }
    return sum / weight;
  },
  answer(scores) {
    for (let i = 0; i < scores.length; i++) scores[i] = Math.exp(scores[i]!);
  },
});

interface RiskRow {
  readonly row: number;
  readonly event: boolean;
  readonly weight: number;
  /** e to the score, divided by that of the largest score. */
  readonly hazard: number;
  /** Σ over the events up to the row's time of 1 / risk, and of 1 / risk². */
  first: number;
  second: number;
  /** Hazards that were at risk at the row's time, in the same unit. */
  risk: number;
}

function riskRows({ values, weights }: TreeTarget, scores: Float64Array): readonly RiskRow[] {
  let largest = Number.NEGATIVE_INFINITY;
  for (const score of scores) largest = Math.max(largest, score);
  const rows: RiskRow[] = Array.from(scores, (score, row) => ({
    row,
    event: values[row]! > 0,
    weight: weights ? weights[row]! : 1,
    hazard: Math.exp(score - largest),
    first: 0,
    second: 0,
    risk: 0,
  }));
  const time = ({ row }: RiskRow) => Math.abs(values[row]!);
  rows.sort((a, b) => time(a) - time(b));
  // Rows of one time are at risk together. Summed from the last time on, where nothing cancels.
  let atRisk = 0;
  for (let to = rows.length; to > 0; ) {
    let from = to;
    while (from > 0 && time(rows[from - 1]!) === time(rows[to - 1]!)) {
      from--;
      atRisk += rows[from]!.weight * rows[from]!.hazard;
    }
    for (const row of rows.slice(from, to)) row.risk = atRisk;
    to = from;
  }
  let [first, second] = [0, 0];
  for (let from = 0; from < rows.length; ) {
    let to = from;
    for (; to < rows.length && time(rows[to]!) === time(rows[from]!); to++) {
      const { event, weight, risk } = rows[to]!;
      if (!event) continue;
      first += weight / risk;
      second += weight / (risk * risk);
    }
    for (const row of rows.slice(from, to)) Object.assign(row, { first, second });
    from = to;
  }
  return rows;
}
