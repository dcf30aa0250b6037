/**
 * How well defects are told from good pieces that the model has not seen: the area under the ROC curve, and what the threshold comes to, with
 * intervals; beside what the mean and the spread of brightness alone tell.
 */
import type { Random } from '@gradus/base';
import { bootstrapInterval, clopperPearsonInterval, type Interval, rocAuc } from '@gradus/stats';
import type { Photograph } from './fit.ts';
import { fitGaussian } from './gaussian.ts';

export interface Share {
  readonly count: number;
  readonly of: number;
  readonly value: number;
  /** Exact, over pieces as if each had one photograph. */
  readonly interval: Interval;
}

export interface AnomalyEvaluation {
  /** Absent where only good pieces were judged. */
  readonly auroc?: { readonly value: number; readonly interval: Interval };
  /** AUROC of brightness alone. */
  readonly baseline?: number;
  readonly falseRejects: Share;
  readonly missed?: Share;
  /** By kind of defect. */
  readonly missedOf: Readonly<Record<string, Share>>;
}

export interface JudgedPiece extends Pick<Photograph, 'isDefect' | 'group'> {
  readonly score: number;
  readonly isRejected: boolean;
  readonly kind: string;
  readonly pixels: Uint8Array;
}

const RESAMPLES = 500;

/** @param learnt Good photographs that the model was fitted on, for the baseline */
export function evaluateAnomaly(
  judged: readonly JudgedPiece[],
  learnt: readonly Uint8Array[],
  random: Random,
): AnomalyEvaluation {
  const good = judged.filter(({ isDefect }) => !isDefect);
  const bad = judged.filter(({ isDefect }) => isDefect);
  const kinds = [...new Set(bad.map(({ kind }) => kind))].sort();
  const missed = (of: readonly JudgedPiece[]) => shareOf(of, ({ isRejected }) => !isRejected);
  return {
    ...(good.length > 0 &&
      bad.length > 0 && {
        auroc: aurocOf(judged, random),
        baseline: brightnessAuroc(judged, learnt),
      }),
    falseRejects: shareOf(good, ({ isRejected }) => isRejected),
    ...(bad.length > 0 && { missed: missed(bad) }),
    missedOf: Object.fromEntries(kinds.map((kind) => [kind, missed(bad.filter((one) => one.kind === kind))])),
  };
}

function shareOf(of: readonly JudgedPiece[], is: (one: JudgedPiece) => boolean): Share {
  const count = of.filter(is).length;
  return {
    count,
    of: of.length,
    value: of.length === 0 ? Number.NaN : count / of.length,
    interval: clopperPearsonInterval(count, of.length),
  };
}

/** Pieces are drawn, with all their photographs. */
function aurocOf(judged: readonly JudgedPiece[], random: Random): { value: number; interval: Interval } {
  const pieces = [...Map.groupBy(judged, ({ group }) => group).values()];
  const area = (of: readonly JudgedPiece[]) =>
    rocAuc(
      Float64Array.from(of, ({ isDefect }) => Number(isDefect)),
      Float64Array.from(of, ({ score }) => score),
    );
  const statistic = (rows: Int32Array) => area(Array.from(rows).flatMap((i) => pieces[i]!));
  const value = area(judged);
  if (value === 1) {
    const bad = pieces.filter((of) => of.some(({ isDefect }) => isDefect)).length;
    return { value, interval: [leastArea(bad, pieces.length - bad), 1] };
  }
  return {
    value,
    interval: bootstrapInterval(statistic, pieces.length, random, { resamples: RESAMPLES }),
  };
}

/**
 * The least area that is not refuted where all defects rank above all good pieces, of which no resample shows anything else (Newcombe,
 * "Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part 2", 2006, method 5, at 95 %).
 */
export function leastArea(defects: number, good: number): number {
  const half = (defects + good) / 2 - 1;
  const reach = 1.96 ** 2 / (defects * good);
  const isRefuted = (area: number) =>
    1 - area > reach * area * (1 + half * ((1 - area) / (2 - area) + area / (1 + area)));
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (isRefuted(middle)) low = middle;
    else high = middle;
  }
  return low;
}

function brightnessAuroc(judged: readonly JudgedPiece[], learnt: readonly Uint8Array[]): number {
  const gaussian = fitGaussian(learnt.map(brightness), 0, 2);
  const distance = ({ pixels }: JudgedPiece): number => {
    const row = brightness(pixels).map((value, k) => value - gaussian.mean[k]!);
    const turned = [0, 1].map((j) => row[0]! * gaussian.whitening[j]! + row[1]! * gaussian.whitening[2 + j]!);
    return turned.reduce((sum, value) => sum + value * value, 0);
  };
  return rocAuc(
    Float64Array.from(judged, ({ isDefect }) => Number(isDefect)),
    Float64Array.from(judged, distance),
  );
}

function brightness(pixels: Uint8Array): Float32Array {
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const spread = Math.sqrt(pixels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / pixels.length);
  return Float32Array.of(mean, spread);
}
