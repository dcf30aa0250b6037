/**
 * Charts that remember: the exponentially weighted mean (Roberts, 1959) and cumulative sums (Page, 1954). They find small lasting
 * shifts that a Shewhart chart misses (Montgomery, chapter 9).
 */
import type { Numbers } from '../numbers.ts';

export interface EwmaOptions {
  readonly center: number;
  /** Standard error of a point. */
  readonly sigma: number;
  /** Weight of the newest point. */
  readonly lambda?: number;
  /** Limits lie this many standard errors from the centre. */
  readonly sigmas?: number;
}

export interface EwmaChart {
  readonly points: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

export function ewmaChart(
  values: Numbers,
  { center, sigma, lambda = 0.2, sigmas = 3 }: EwmaOptions,
): EwmaChart {
  const points: number[] = [];
  let weighted = center;
  for (let i = 0; i < values.length; i++) {
    weighted += lambda * (values[i]! - weighted);
    points.push(weighted);
  }
  const half = points.map(
    (_, i) => sigmas * sigma * Math.sqrt((lambda / (2 - lambda)) * (1 - (1 - lambda) ** (2 * (i + 1)))),
  );
  return {
    points,
    lower: half.map((each) => center - each),
    upper: half.map((each) => center + each),
  };
}

export interface CusumOptions {
  readonly center: number;
  readonly sigma: number;
  /** Shifts below this many standard errors are let pass: half of the shift that should be found. */
  readonly slack?: number;
  /** The sum, in standard errors, that is an alarm. */
  readonly decision?: number;
}

export interface CusumChart {
  /** Sums of what is above and below the centre, in standard errors. */
  readonly above: readonly number[];
  readonly below: readonly number[];
  readonly decision: number;
  readonly alarms: readonly number[];
}

export function cusumChart(
  values: Numbers,
  { center, sigma, slack = 0.5, decision = 5 }: CusumOptions,
): CusumChart {
  const [above, below]: [number[], number[]] = [[], []];
  let [up, down] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const z = (values[i]! - center) / sigma;
    up = Math.max(0, up + z - slack);
    down = Math.max(0, down - z - slack);
    above.push(up);
    below.push(down);
  }
  const alarms = above.flatMap((sum, i) => (sum > decision || below[i]! > decision ? [i] : []));
  return { above, below, decision, alarms };
}
