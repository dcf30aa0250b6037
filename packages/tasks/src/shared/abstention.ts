/**
 * Abstention: a model that may say "I do not know" keeps a promised error rate among what it answers (selective
 * classification: Geifman and El-Yaniv, 2017).
 *
 * From rows that neither the model nor its calibration has seen, the lowest confidence is chosen from which on the true error
 * rate of the answers is at most the promised one, with probability 1 − `delta` over the choice of these rows. The surest
 * rows are tested first, then more and more of them, in an order that is fixed beforehand, until a test fails; so each test may
 * use the whole of `delta` (fixed sequence testing; Angelopoulos et al., "Learn then Test", 2021). A test is the exact
 * binomial bound. The promise holds for new rows of the same kind.
 */
import type { Numbers } from '@gradus/stats';
import { z } from 'zod';

export interface AbstentionOptions {
  /** The error rate that is promised among answers. */
  readonly errorRate: number;
  /** The chance that the promise is broken. Default 0.05. */
  readonly delta?: number;
}

export const abstentionSchema = z.object({
  errorRate: z.number(),
  delta: z.number(),
  /** Answers less sure than this are not given; above 1 where no answers could keep the promise. */
  threshold: z.number(),
  /** On the calibration rows: how many there were, what share was answered, and the error rate among these. */
  n: z.number(),
  coverage: z.number(),
  observed: z.number(),
});
/** Plain data. */
export type Abstention = Readonly<z.infer<typeof abstentionSchema>>;

/** Above every confidence: nothing is answered. */
const NEVER = 2;
/** Tests over all the rows, at most. */
const STEPS = 100;

/**
 * @param confidence Of each calibration row's answer, 0 to 1
 * @param hits 1 where the answer was right, else 0
 */
export function fitAbstention(
  confidence: Numbers,
  hits: Numbers,
  { errorRate, delta = 0.05 }: AbstentionOptions,
): Abstention {
  const n = hits.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => confidence[b]! - confidence[a]!);
  // errors[k]: among the k surest.
  const errors = new Int32Array(n + 1);
  for (const [k, row] of order.entries()) errors[k + 1] = errors[k]! + (hits[row] ? 0 : 1);
  let answered = 0;
  for (let k = firstTest(n, errorRate, delta); k <= n; k += Math.max(1, Math.floor(n / STEPS))) {
    const end = endOfTies(k, order, confidence);
    if (upperBound(errors[end]!, end, delta) > errorRate) break;
    answered = end;
  }
  return {
    errorRate,
    delta,
    threshold: answered === 0 ? NEVER : confidence[order[answered - 1]!]!,
    n,
    coverage: n === 0 ? 0 : answered / n,
    observed: answered === 0 ? 0 : errors[answered]! / answered,
  };
}

export const isAnswered = ({ threshold }: Abstention, confidence: number): boolean => confidence >= threshold;

/**
 * How many of the surest rows are tested first: a tenth of all, for a test of few rows fails by bad luck; or as many as one
 * error may be among; or, where there are not so many, none.
 */
function firstTest(n: number, errorRate: number, delta: number): number {
  const fewest = (errors: number) => {
    let k = errors + 1;
    while (k <= n && upperBound(errors, k, delta) > errorRate) k++;
    return k;
  };
  const one = fewest(1);
  return one <= n ? Math.max(one, Math.floor(n / 10)) : fewest(0);
}

/** Rows as sure as the k-th are answered with it. */
function endOfTies(k: number, order: readonly number[], confidence: Numbers): number {
  let end = k;
  while (end < order.length && confidence[order[end]!] === confidence[order[k - 1]!]) end++;
  return end;
}

/**
 * The error rate that is exceeded with probability at most `delta`, given `errors` among `n` rows: the exact bound of Clopper
 * and Pearson (1934), at which so few errors would come with probability `delta`.
 */
export function upperBound(errors: number, n: number, delta: number): number {
  if (errors >= n) return 1;
  let [low, high] = [errors / n, 1];
  for (let step = 0; step < 50; step++) {
    const rate = (low + high) / 2;
    if (binomialTail(errors, n, rate) > delta) low = rate;
    else high = rate;
  }
  return high;
}

/** The chance of at most `k` of `n`. */
function binomialTail(k: number, n: number, rate: number): number {
  const logOdds = Math.log(rate) - Math.log1p(-rate);
  let logTerm = n * Math.log1p(-rate);
  let sum = 0;
  for (let i = 0; i <= k; i++) {
    sum += Math.exp(logTerm);
    logTerm += Math.log((n - i) / (i + 1)) + logOdds;
  }
  return Math.min(1, sum);
}
