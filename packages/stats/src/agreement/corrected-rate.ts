/**
 * What share of rows people would pass, where a judge has seen all rows and people some of them: double sampling (Tenenbein, 1970).
 * Of rows that the judge passed, and of those that it failed, people tell how many are right; the judge tells how many of either there
 * are. Labels have to be of rows as they come, or chosen by the judge's verdict; not by what they turned out to be.
 */
import { gammaDraw } from '../distributions/dirichlet.ts';
import type { Interval, Numbers } from '../numbers.ts';
import { independentShare, posteriorInterval } from './posterior.ts';

export interface CorrectedRate {
  readonly value: number;
  readonly interval: Interval;
}

const FEWEST = 5;
/** Jeffreys' prior of a share. */
const PRIOR = 0.5;

/**
 * @param verdicts The judge's, of each row: 1 passes, 0 fails
 * @param labels People's, NaN where nobody looked
 * @returns undefined where fewer than five labels are of rows that the judge passed, or failed
 */
export function correctedRate(
  verdicts: Numbers,
  labels: Numbers,
  clusters?: Int32Array,
): CorrectedRate | undefined {
  // By verdict: rows, labelled ones, and those that people passed.
  const seen = [0, 0];
  const labelled = [0, 0];
  const right = [0, 0];
  const n = verdicts.length;
  for (let row = 0; row < n; row++) {
    const verdict = verdicts[row]!;
    seen[verdict]!++;
    if (Number.isNaN(labels[row])) continue;
    labelled[verdict]!++;
    right[verdict]! += labels[row]!;
  }
  if (Math.min(...labelled) < FEWEST) return undefined;
  const shares = seen.map((count) => count / n);
  const rates = right.map((count, verdict) => count / labelled[verdict]!);
  const value = shares[0]! * rates[0]! + shares[1]! * rates[1]!;
  const influence = Float64Array.from({ length: n }, (_, row) => {
    const verdict = verdicts[row]!;
    const rate = rates[verdict]!;
    const own = Number.isNaN(labels[row])
      ? 0
      : (shares[verdict]! * (labels[row]! - rate)) / labelled[verdict]!;
    return (rate - value) / n + own;
  });
  const rows = independentShare({ value, influence }, clusters);
  const interval = posteriorInterval(value, (random) => {
    const beta = (yes: number, no: number) => {
      const passed = gammaDraw(random, PRIOR + rows * yes);
      return passed / (passed + gammaDraw(random, PRIOR + rows * no));
    };
    const passed = beta(seen[1]!, seen[0]!);
    const [ofFailed, ofPassed] = [0, 1].map((verdict) =>
      beta(right[verdict]!, labelled[verdict]! - right[verdict]!),
    ) as [number, number];
    return passed * ofPassed + (1 - passed) * ofFailed;
  });
  return { value, interval };
}
