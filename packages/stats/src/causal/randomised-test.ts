/**
 * A randomised test of two groups: the difference of means by Welch (1947), and with what was known of everyone beforehand
 * taken out first (CUPED; Deng, Xu, Kohavi and Walker, "Improving the Sensitivity of Online Controlled Experiments by Utilizing
 * Pre-Experiment Data", 2013). The more the time before explains, the fewer people the next test needs.
 */
import { UserError } from '@gradus/base';
import { intervalZ } from '../distributions/normal.ts';
import { intervalT, studentTwoSided } from '../distributions/student-t.ts';
import type { Interval, Numbers } from '../numbers.ts';
import { meanOf } from './panel.ts';

export interface TestedGroup {
  readonly values: Numbers;
  /** The same figure, of the same people in the same order, before the test. */
  readonly before?: Numbers;
}

export interface RandomisedTest {
  readonly difference: number;
  readonly interval: Interval;
  readonly pValue: number;
  /** difference / mean of the control group, by the delta method. */
  readonly lift: number;
  readonly liftInterval: Interval;
  /** The share of the variance that the time before took out. */
  readonly explained: number;
}

export function randomisedTest(control: TestedGroup, treated: TestedGroup, level = 0.95): RandomisedTest {
  for (const group of [control, treated]) {
    if (group.values.length < 2) {
      throw new UserError({
        en: `A group of ${group.values.length} is too small to test; expected at least 2 in each.`,
        zh: `某一组只有 ${group.values.length} 个，无法检验；每组至少需要 2 个。`,
      });
    }
    if (group.before && group.before.length !== group.values.length) {
      throw new UserError({
        en: `There are ${group.values.length} values and ${group.before.length} from before the test; expected one for each.`,
        zh: `有 ${group.values.length} 个值，而测试前的值有 ${group.before.length} 个；两者应一一对应。`,
      });
    }
  }
  const { a, b, explained } = adjusted(control, treated);
  const [varA, varB] = [variance(a) / a.length, variance(b) / b.length];
  const error = Math.sqrt(varA + varB);
  const freedom =
    (varA + varB) ** 2 / (varA ** 2 / (a.length - 1) + varB ** 2 / (b.length - 1)) || a.length + b.length - 2;
  const reach = intervalT(level, freedom);
  const base = meanOf(a);
  const difference = meanOf(b) - base;
  const lift = difference / base;
  const liftReach = reach * Math.sqrt(varB / base ** 2 + (varA * meanOf(b) ** 2) / base ** 4);
  return {
    difference,
    interval: [difference - reach * error, difference + reach * error],
    pValue: error > 0 ? studentTwoSided(difference / error, freedom) : Number(difference === 0),
    lift,
    liftInterval: [lift - liftReach, lift + liftReach],
    explained,
  };
}

/** How many people each group needs to find such a difference of means. @param deviation Standard deviation between people */
export function groupSize(
  difference: number,
  deviation: number,
  { level = 0.95, power = 0.8, explained = 0 }: { level?: number; power?: number; explained?: number } = {},
): number {
  const z = intervalZ(level) + intervalZ(2 * power - 1);
  return Math.ceil((2 * z ** 2 * deviation ** 2 * (1 - explained)) / difference ** 2);
}

function adjusted(control: TestedGroup, treated: TestedGroup) {
  const a = Float64Array.from(control.values);
  const b = Float64Array.from(treated.values);
  if (!control.before || !treated.before) return { a, b, explained: 0 };
  // theta within groups, so that the effect itself does not pull on it.
  let covariance = 0;
  let spread = 0;
  let all = 0;
  const groups = [
    [a, control.before],
    [b, treated.before],
  ] as const;
  for (const [values, before] of groups) {
    const [mean, meanBefore] = [meanOf(values), meanOf(before)];
    for (let i = 0; i < values.length; i++) {
      covariance += (values[i]! - mean) * (before[i]! - meanBefore);
      spread += (before[i]! - meanBefore) ** 2;
      all += (values[i]! - mean) ** 2;
    }
  }
  if (spread === 0) return { a, b, explained: 0 };
  const theta = covariance / spread;
  const center =
    (meanOf(control.before) * a.length + meanOf(treated.before) * b.length) / (a.length + b.length);
  for (const [values, before] of groups)
    for (let i = 0; i < values.length; i++) values[i]! -= theta * (before[i]! - center);
  return { a, b, explained: all > 0 ? (theta * covariance) / all : 0 };
}

function variance(values: Float64Array): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
