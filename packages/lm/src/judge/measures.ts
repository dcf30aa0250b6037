/**
 * What a judge's verdicts are worth, beside what people said of the same rows: agreement beyond chance (Cohen's kappa), the accuracy of a
 * judge that always says the same, whether the place or the length of an answer sways it, and what the rate that it sees would be
 * without its mistakes (double sampling; Tenenbein, 1970). A judge is relied on only where at least 50 labels show that it is better than chance
 * and than a constant.
 */
import { Random } from '@gradus/base';
import {
  bootstrapDifference,
  bootstrapInterval,
  correctedRate,
  type Interval,
  kappaInfluence,
  kappaInterval,
  wilsonInterval,
} from '@gradus/stats';
import type { JudgedRow } from './rows.ts';

export interface Verdict {
  readonly row: JudgedRow;
  /** 1: it passes, or the second is the better one. None where the judge said neither, or each in one order. */
  readonly said?: 0 | 1;
  /** Of pairs: the verdict where the second answer was shown first, by the answer and not its place. */
  readonly shown?: readonly [asIs: 0 | 1 | undefined, swapped: 0 | 1 | undefined];
  readonly probability?: number;
}

export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
  readonly n: number;
}

export const LEAST_LABELS = 50;

export type Doubt = 'too few labels' | 'no better than chance' | 'no better than a constant';

export interface JudgeMeasures {
  readonly rows: number;
  /** Rows that people labelled and the judge gave a verdict on. */
  readonly labelled: number;
  readonly undecided: number;
  readonly accuracy?: Estimate;
  /** That of always saying what people say most often. */
  readonly constant?: number;
  readonly kappa?: Estimate;
  /** Of pairs: how often both orders have one verdict, and verdicts for the answer shown first less those for the second. */
  readonly consistency?: Estimate;
  readonly positionBias?: Estimate;
  /** How much more often than people the judge is for the longer answer (of pairs), or passes long ones against short ones. */
  readonly lengthBias?: Estimate;
  /** The rate of passing (of pairs: of the second answer) that the judge sees, and without its mistakes. */
  readonly seenRate: Estimate;
  readonly correctedRate?: Estimate;
  /** Why it is not to be relied on; empty where it is. */
  readonly doubts: readonly Doubt[];
}

export function judgeMeasures(verdicts: readonly Verdict[], seed: number | string = 0): JudgeMeasures {
  const random = new Random(seed);
  const decided = verdicts.filter(({ said }) => said !== undefined);
  const both = decided.filter(({ row }) => row.label !== undefined);
  const n = both.length;
  const [truth, said] = [both.map(({ row }) => row.label!), both.map(({ said }) => said!)];
  const right = said.map((one, i) => Number(one === truth[i]));
  const passes = sum(truth);
  const usual = passes * 2 >= n ? 1 : 0;
  const constant = truth.map((one) => Number(one === usual));
  const kappa = n === 0 ? undefined : kappaOf(truth, said);
  const better = bootstrapDifference(meanOf(right), meanOf(constant), n, random.fork('constant'));
  const doubts: Doubt[] = [
    ...(n < LEAST_LABELS ? (['too few labels'] as const) : []),
    ...(kappa === undefined || kappa.interval[0] <= 0 ? (['no better than chance'] as const) : []),
    ...(n === 0 || !(better.interval[0] > 0) ? (['no better than a constant'] as const) : []),
  ];
  const seen = sum(decided.map(({ said }) => said!));
  const pairs = verdicts.flatMap(({ shown }) =>
    shown?.[0] === undefined || shown[1] === undefined ? [] : [shown as readonly [number, number]],
  );
  const same = pairs.map(([asIs, swapped]) => Number(asIs === swapped));
  // Verdicts for different answers in the two orders are for one place: the first, where the first order's is for the first.
  const places = pairs.map(([asIs, swapped]) => (asIs === swapped ? 0 : asIs === 0 ? 1 : -1));
  const corrected =
    n < LEAST_LABELS
      ? undefined
      : correctedRate(
          decided.map(({ said }) => said!),
          decided.map(({ row }) => row.label ?? Number.NaN),
        );
  const length = lengthBiasOf(both, random.fork('length'));
  return {
    rows: verdicts.length,
    labelled: n,
    undecided: verdicts.length - decided.length,
    ...(n > 0 && { accuracy: shareOf(sum(right), n), constant: sum(constant) / n }),
    ...(kappa && { kappa }),
    ...(pairs.length > 0 && {
      consistency: shareOf(sum(same), pairs.length),
      positionBias: {
        value: sum(places) / pairs.length,
        interval: bootstrapInterval(meanOf(places), pairs.length, random.fork('places')),
        n: pairs.length,
      },
    }),
    ...(length && { lengthBias: length }),
    seenRate: shareOf(seen, decided.length),
    ...(corrected && { correctedRate: { ...corrected, n: decided.length } }),
    doubts,
  };
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const meanOf = (values: readonly number[]) => (rows: Int32Array) =>
  rows.reduce((total, row) => total + values[row]!, 0) / rows.length;
const shareOf = (count: number, n: number): Estimate => ({
  value: n === 0 ? Number.NaN : count / n,
  interval: wilsonInterval(count, n),
  n,
});

function kappaOf(truth: readonly number[], said: readonly number[]): Estimate | undefined {
  const { value } = kappaInfluence(truth, said, 2);
  if (!Number.isFinite(value)) return undefined;
  return { value, interval: kappaInterval(truth, said, 2), n: truth.length };
}

/** Judge less people, for long answers less for short ones: 0 where the judge likes length as people do. */
function lengthBiasOf(both: readonly Verdict[], random: Random): Estimate | undefined {
  const isPaired = both[0]?.row.outputs.length === 2;
  const sizes = both.map(({ row: { outputs } }) => outputs[0].length);
  const middle = [...sizes].sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
  const signs = both.map(({ row: { outputs } }, i) =>
    isPaired ? Math.sign(outputs[1]!.length - outputs[0].length) : sizes[i]! > middle ? 1 : -1,
  );
  const [long, short] = [1, -1].map((sign) => signs.filter((one) => one === sign).length);
  if (!long || !short) return undefined;
  const excess = both.map(({ row, said }) => said! - row.label!);
  const statistic = (rows: Int32Array) => {
    const [total, count] = [new Map<number, number>(), new Map<number, number>()];
    for (const row of rows) {
      total.set(signs[row]!, (total.get(signs[row]!) ?? 0) + excess[row]!);
      count.set(signs[row]!, (count.get(signs[row]!) ?? 0) + 1);
    }
    return (total.get(1) ?? 0) / (count.get(1) ?? 0) - (total.get(-1) ?? 0) / (count.get(-1) ?? 0);
  };
  const n = both.length;
  const value = statistic(Int32Array.from({ length: n }, (_, i) => i));
  return { value, interval: bootstrapInterval(statistic, n, random), n };
}
