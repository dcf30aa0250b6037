/**
 * What a rate would be if a judge made no mistakes: from the rate that it sees, and how often it is right on what passes and on what
 * fails (Rogan and Gladen, 1978). The interval is by the delta method; it widens as the judge comes near guessing.
 */
import { intervalZ } from '../distributions/normal.ts';
import type { Interval } from '../numbers.ts';

export interface Judged {
  /** Rows that passed, of all that the judge saw. */
  readonly passed: number;
  readonly n: number;
  /** Of rows that people passed: how many the judge passed. */
  readonly passedRight: number;
  readonly passedN: number;
  /** Of rows that people failed: how many the judge failed. */
  readonly failedRight: number;
  readonly failedN: number;
}

/** @returns undefined where the judge is no better than guessing, so that nothing can be corrected by it */
export function correctedRate(
  { passed, n, passedRight, passedN, failedRight, failedN }: Judged,
  level = 0.95,
): { readonly value: number; readonly interval: Interval } | undefined {
  const [seen, sensitivity, specificity] = [passed / n, passedRight / passedN, failedRight / failedN];
  const youden = sensitivity + specificity - 1;
  if (!(youden > 0.05)) return undefined;
  const raw = (seen + specificity - 1) / youden;
  const value = Math.min(1, Math.max(0, raw));
  // A share of 0 or 1 in a small sample is not certain: half a row is added to either side (Agresti and Coull's way).
  const variance = (right: number, of: number) => {
    const share = (right + 0.5) / (of + 1);
    return (share * (1 - share)) / (of + 1);
  };
  const error = Math.sqrt(
    variance(passed, n) / youden ** 2 +
      (variance(passedRight, passedN) * raw ** 2) / youden ** 2 +
      (variance(failedRight, failedN) * (1 - raw) ** 2) / youden ** 2,
  );
  const half = intervalZ(level) * error;
  return { value, interval: [Math.max(0, raw - half), Math.min(1, raw + half)] };
}
