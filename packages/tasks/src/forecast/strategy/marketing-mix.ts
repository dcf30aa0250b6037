/**
 * What spend on channels brought: sales on the spend of each, which works on for a while (geometric adstock) and less the more of it there is
 * (saturation; Jin et al., "Bayesian Methods for Media Mix Modeling with Carryover and Shape Effects", 2017), never less than nothing (Lawson and Hanson's NNLS,
 * 1974), with intervals from a bootstrap of blocks of steps. It is weak evidence: people spend when they expect to sell. A channel whose spend never varied, or ran
 * with the others, is refused rather than guessed.
 */
import type { Random } from '@gradus/base';
import { type Interval, leastSquares, quantileSorted } from '@gradus/stats';
import { meanOf } from './item-sales.ts';
import { REASONS, type Refusal } from './refusal.ts';

export interface Channel {
  readonly name: string;
  readonly spend: ArrayLike<number>;
}

export interface ChannelReturn {
  readonly name: string;
  /** Sales that it brought, for one unit of spend. */
  readonly perSpend: number;
  readonly interval: Interval;
  /** Of all sales. */
  readonly share: number;
  readonly carryOver: number;
}

export interface MarketingMix {
  readonly channels: readonly ChannelReturn[];
  readonly refused: readonly Refusal[];
}

const CARRY_OVERS = [0, 0.3, 0.6, 0.8] as const;
/** Half of the most that a channel can do, in its mean spend. */
const HALVES = [0.5, 1, 3] as const;
const DRAWS = 200;
/** The share of a channel's own variance below which it runs with the others. */
const OWN = 0.1;
const LEAST_VARIATION = 0.05;
const BLOCK = 8;
const SWEEPS = 3;

/** @param controls Columns that also moved sales: price, holidays, competitors */
export function marketingMix(
  sales: ArrayLike<number>,
  channels: readonly Channel[],
  { season, controls = [] }: { season: number; controls?: readonly ArrayLike<number>[] },
  random: Random,
): MarketingMix {
  const refused: Refusal[] = [];
  const length = sales.length;
  const used = channels.filter(({ name, spend }, i) => {
    const reason = refusalOf(
      spend,
      channels.filter((_, j) => j !== i).map((other) => other.spend),
    );
    if (reason) refused.push({ of: name, reason });
    return !reason;
  });
  if (used.length === 0 || length < 10 * (used.length + 3) || length < 52) {
    return {
      channels: [],
      refused: [...refused, ...used.map(({ name }) => ({ of: name, reason: REASONS.tooShort }))],
    };
  }
  const y = Float64Array.from(sales);
  const beside = [
    new Float64Array(length).fill(1),
    Float64Array.from({ length }, (_, t) => t / length),
    ...(season > 1 && length >= 2 * season
      ? [1, 2, 3].flatMap((wave) => [
          Float64Array.from({ length }, (_, t) => Math.sin((2 * Math.PI * wave * t) / season)),
          Float64Array.from({ length }, (_, t) => Math.cos((2 * Math.PI * wave * t) / season)),
        ])
      : []),
    ...controls.map((column) => Float64Array.from(column)),
    // A channel that is refused still moved sales: it stands beside, without a figure of its own.
    ...channels.filter((channel) => !used.includes(channel)).map(({ spend }) => Float64Array.from(spend)),
  ];
  const shapes = chooseShapes(y, used, beside);
  const columns = used.map(({ spend }, i) => shaped(spend, shapes[i]!));
  const fit = fitNonNegative(y, columns, beside);
  const draws = bootstrap(y, columns, beside, fit, random);
  const all = y.reduce((sum, value) => sum + value, 0);
  return {
    channels: used.map(({ name, spend }, i) => {
      const spent = Array.from(spend).reduce((sum, value) => sum + value, 0);
      const brought = columns[i]!.reduce((sum, value) => sum + value, 0);
      const per = (coefficient: number) => (coefficient * brought) / spent;
      const sorted = Float64Array.from(draws, (draw) => per(draw[i]!)).sort();
      return {
        ...{ name, perSpend: per(fit[i]!), share: (fit[i]! * brought) / all },
        interval: [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)],
        carryOver: shapes[i]!.carryOver,
      };
    }),
    refused,
  };
}

function refusalOf(
  spend: ArrayLike<number>,
  others: readonly ArrayLike<number>[],
): Refusal['reason'] | undefined {
  const own = Float64Array.from(spend);
  const mean = meanOf(own);
  const one = own.map(() => 1);
  const square = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
  const total = square(leastSquares([one], own).residuals);
  if (!(mean > 0) || Math.sqrt(total / own.length) < LEAST_VARIATION * mean) return REASONS.neverVaried;
  const left = square(leastSquares([one, ...others], own).residuals);
  return left / total < OWN ? REASONS.collinear : undefined;
}

interface Shape {
  readonly carryOver: number;
  readonly half: number;
}

function shaped(spend: ArrayLike<number>, { carryOver, half }: Shape): Float64Array {
  const stock = new Float64Array(spend.length);
  for (let t = 0; t < stock.length; t++)
    stock[t] = spend[t]! * (1 - carryOver) + carryOver * (stock[t - 1] ?? 0);
  const middle = half * (meanOf(Float64Array.from(spend)) || 1);
  return stock.map((value) => value / (value + middle));
}

/** Each channel's shape in turn, the others held, by what errs least. */
function chooseShapes(y: Float64Array, used: readonly Channel[], beside: readonly Float64Array[]): Shape[] {
  const shapes: Shape[] = used.map(() => ({ carryOver: 0.3, half: 1 }));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    used.forEach((_, i) => {
      let least = Number.POSITIVE_INFINITY;
      let best = shapes[i]!;
      for (const carryOver of CARRY_OVERS) {
        for (const half of HALVES) {
          const columns = used.map(({ spend }, j) =>
            shaped(spend, j === i ? { carryOver, half } : shapes[j]!),
          );
          const fit = fitNonNegative(y, columns, beside);
          const error = errorOf(y, columns, beside, fit);
          if (error < least) {
            least = error;
            best = { carryOver, half };
          }
        }
      }
      shapes[i] = best;
    });
  }
  return shapes;
}

/** Coefficients of channels (at least 0), then of what stands beside: leave out what is negative until nothing is. */
function fitNonNegative(
  y: Float64Array,
  columns: readonly Float64Array[],
  beside: readonly Float64Array[],
): Float64Array {
  let active = columns.map((_, i) => i);
  for (;;) {
    const { estimates } = leastSquares([...beside, ...active.map((i) => columns[i]!)], y);
    const own = active.map((i, k) => ({ i, value: estimates[beside.length + k]!.value }));
    const worst = own.reduce((a, b) => (b.value < a.value ? b : a), { i: -1, value: 0 });
    if (worst.i < 0) {
      const all = new Float64Array(columns.length + beside.length);
      for (const { i, value } of own) all[i] = Number.isNaN(value) ? 0 : value;
      beside.forEach((_, k) => {
        all[columns.length + k] = Number.isNaN(estimates[k]!.value) ? 0 : estimates[k]!.value;
      });
      return all;
    }
    active = active.filter((i) => i !== worst.i);
  }
}

function predicted(
  columns: readonly Float64Array[],
  beside: readonly Float64Array[],
  fit: Float64Array,
): Float64Array {
  const all = [...columns, ...beside];
  return Float64Array.from({ length: all[0]!.length }, (_, t) =>
    all.reduce((sum, column, j) => sum + fit[j]! * column[t]!, 0),
  );
}

function errorOf(
  y: Float64Array,
  columns: readonly Float64Array[],
  beside: readonly Float64Array[],
  fit: Float64Array,
): number {
  const expected = predicted(columns, beside, fit);
  return y.reduce((sum, value, t) => sum + (value - expected[t]!) ** 2, 0);
}

/** Residuals drawn in blocks, since neighbouring steps go together (Künsch, 1989). */
function bootstrap(
  y: Float64Array,
  columns: readonly Float64Array[],
  beside: readonly Float64Array[],
  fit: Float64Array,
  random: Random,
): Float64Array[] {
  const expected = predicted(columns, beside, fit);
  const residuals = y.map((value, t) => value - expected[t]!);
  return Array.from({ length: DRAWS }, () => {
    const drawn = Float64Array.from(expected);
    for (let t = 0; t < drawn.length; t += BLOCK) {
      const from = random.below(residuals.length - BLOCK + 1);
      for (let k = 0; k < BLOCK && t + k < drawn.length; k++) drawn[t + k]! += residuals[from + k]!;
    }
    return fitNonNegative(drawn, columns, beside);
  });
}
