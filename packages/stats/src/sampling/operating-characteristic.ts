/**
 * Which share of lots a plan passes, by their quality: its operating characteristic. Defective units of a sample follow a binomial
 * distribution, defects a Poisson distribution (an AQL above 10 is in defects per hundred units).
 */
import { binomialCdf } from '../distributions/beta.ts';
import { chiSquaredTail } from '../distributions/chi-squared.ts';
import { logChoose, logGamma } from '../distributions/gamma.ts';
import type { DoublePlan } from './double-plans.ts';
import type { SamplingPlan } from './single-plans.ts';

/** What the quality of a lot counts: its defective units, a share from 0 to 1, or its defects for each unit. */
export type QualityUnit = 'defective units' | 'defects';

export function passProbability(
  { n, accept }: Pick<SamplingPlan, 'n' | 'accept'>,
  quality: number,
  unit: QualityUnit = 'defective units',
): number {
  return unit === 'defects'
    ? chiSquaredTail(2 * n * quality, 2 * (accept + 1))
    : binomialCdf(accept, n, quality);
}

export function doublePassProbability(
  { n, accept, reject, acceptTotal }: DoublePlan,
  quality: number,
  unit: QualityUnit = 'defective units',
): number {
  let passed = passProbability({ n, accept }, quality, unit);
  for (let found = accept + 1; found < reject; found++)
    passed +=
      probabilityOf(found, n, quality, unit) *
      (acceptTotal < found ? 0 : passProbability({ n, accept: acceptTotal - found }, quality, unit));
  return passed;
}

/** Units looked at on average: the second sample is needed only now and then. */
export function averageUnits({ n, accept, reject }: DoublePlan, quality: number, unit?: QualityUnit): number {
  const undecided =
    passProbability({ n, accept: reject - 1 }, quality, unit) - passProbability({ n, accept }, quality, unit);
  return n * (1 + undecided);
}

function probabilityOf(found: number, n: number, quality: number, unit: QualityUnit): number {
  if (quality <= 0) return found === 0 ? 1 : 0;
  if (unit === 'defects') return Math.exp(found * Math.log(n * quality) - n * quality - logGamma(found + 1));
  if (found > n) return 0;
  if (quality >= 1) return found === n ? 1 : 0;
  return Math.exp(logChoose(n, found) + found * Math.log(quality) + (n - found) * Math.log1p(-quality));
}
