/** From candidates and their forecasts of the past to a choice an item, with intervals and a judgement. */
import { countQuantiles } from '@gradus/classical';
import { choose, type RollErrors } from './choose.ts';
import type { FittedForecasts, GlobalCandidate, PreparedItem } from './fitted.ts';
import { scaleAt } from './global/features.ts';
import { endOf } from './history.ts';
import { isIntermittent } from './intermittent.ts';
import { type RolledErrors, spreadOf } from './intervals.ts';
import { type ItemForecast, type LocalForecast, QUANTILES, TREES } from './model.ts';

export function chosenForecasts(
  prepared: readonly PreparedItem[],
  local: readonly LocalForecast[],
  global: GlobalCandidate | undefined,
): FittedForecasts {
  const both = (a: Float64Array, b: Float64Array) => a.map((value, k) => (value + b[k]!) / 2);
  const rolledOf = local.map((own, i) => {
    const ofGlobal = global?.rolled[i];
    return {
      naive: own.naiveRolled,
      own: own.rolled,
      ...(ofGlobal && {
        global: ofGlobal,
        both: own.rolled.map((forecast, r) => both(forecast, ofGlobal[r]!)),
      }),
    };
  });
  const actuals = local.map(({ rolls }, i) =>
    (rolls?.origins ?? []).map((origin) => prepared[i]!.item.values.subarray(origin, origin + rolls!.steps)),
  );
  const counts = prepared.map(({ item }) => isIntermittent(item.values));
  const errorsOf = (measure: typeof absoluteError) =>
    rolledOf.map(
      (rolled, i) =>
        Object.fromEntries(
          Object.entries(rolled).map(([name, forecasts]) => [
            name,
            actuals[i]!.map((actual, r) => measure(actual, forecasts[r]!)),
          ]),
        ) as unknown as RollErrors,
    );
  const absolute = errorsOf(absoluteError);
  const squared = errorsOf(squaredError);
  // Of counts that are mostly zero the mean is wanted, which the squared error asks for; the model of all items tells medians.
  const choices = choose(
    absolute.map(
      (errors, i): RollErrors => (counts[i] ? { naive: squared[i]!.naive, own: squared[i]!.own } : errors),
    ),
  );
  const chosenRolled = choices.map(({ candidate }, i) => rolledOf[i]![candidate] ?? rolledOf[i]!.naive);
  const rolledErrors = prepared.map(
    ({ values, season }, i): RolledErrors => ({
      errors: actuals[i]!.map((actual, r) => {
        const scale = scaleAt(values, local[i]!.rolls!.origins[r]!, season);
        return actual.map((value, k) => (value - chosenRolled[i]![r]![k]!) / scale);
      }),
      origins: local[i]!.rolls?.origins ?? [],
      steps: local[i]!.rolls?.steps ?? 1,
      roughness: roughnessOf(values, local[i]!.rolls?.origins[0] ?? values.length, season),
      scale: scaleAt(values, values.length, season),
    }),
  );
  const unknown: RolledErrors = { errors: [], origins: [], steps: 1, scale: 1, roughness: 1 };
  const spread = spreadOf([...rolledErrors, unknown]);
  const totals = spreadOf(rolledErrors.map((one) => ({ ...one, errors: one.errors.map(sumOf) })));
  const forecasts = prepared.map(({ item, season, horizon }, i): ItemForecast => {
    const { candidate, beatsNaive } = choices[i]!;
    const own = local[i]!;
    const candidates = {
      naive: own.naive,
      own: own.forecast,
      global: global?.forecasts[i],
      both: global && both(own.forecast, global.forecasts[i]!),
    };
    const isNonNegative = item.values.every((value) => !(value < 0));
    const floor = (value: number) => (isNonNegative ? Math.max(0, value) : value);
    const mean = (candidates[candidate] ?? own.naive).map(floor);
    const offsets = isIntermittent(item.values)
      ? countOffsets(item.values, mean)
      : spread.offsets(i, horizon);
    const wide = QUANTILES.length;
    const judgement = judgementOf(item.values, season, absolute[i]!, candidate, actuals[i]!);
    return {
      item: item.item,
      place: i,
      season,
      first: endOf(item),
      mean,
      naiveName: own.naiveName,
      total: totalOf(mean, totals.offsets(i, 1), local[i]!.rolls?.steps ?? horizon, floor),
      quantiles: offsets.map((offset, at) => floor(mean[Math.floor(at / wide)]! + offset)),
      offsets,
      scale: rolledErrors[i]!.scale,
      isNonNegative,
      ...methodOf(candidate, own),
      ...(judgement && { judged: { ...judgement, beatsNaive } }),
    };
  });
  return {
    forecasts,
    coverage: spread.coverage,
    ...(global && {
      global: {
        model: global.model,
        levels: global.levels,
        ahead: global.ahead,
        dates: global.dates,
        explained: global.explained,
        whatIf: global.whatIf,
      },
    }),
    rolled: local.map(({ rolls }, i) => ({ origins: rolls?.origins ?? [], forecasts: chosenRolled[i]! })),
    unknownOffsets: spread.offsets(prepared.length, Math.max(...prepared.map(({ horizon }) => horizon))),
  };
}

/** The mean step from one season to the next before an origin, over the item's size there. */
function roughnessOf(values: Float64Array, origin: number, season: number): number {
  let sum = 0;
  for (let t = season; t < origin; t++) sum += Math.abs(values[t]! - values[t - season]!);
  return origin > season ? sum / (origin - season) / scaleAt(values, origin, season) : 1;
}

/** Past steps that the distribution of counts is made from. */
const COUNTED = 400;

/** Of items that are bought now and then: quantiles of the counts, less the mean. */
function countOffsets(values: Float64Array, mean: Float64Array): Float64Array {
  const known = values.filter((value) => !Number.isNaN(value)).subarray(-COUNTED);
  const rate = mean.reduce((sum, value) => sum + value, 0) / mean.length;
  const quantiles = countQuantiles(known, QUANTILES, { mean: rate });
  return Float64Array.from({ length: mean.length * QUANTILES.length }, (_, at) => {
    const step = Math.floor(at / QUANTILES.length);
    return quantiles[at % QUANTILES.length]! - mean[step]!;
  });
}

/** A roll's errors added up; what is not known is as the rest. */
function sumOf(errors: Float64Array): Float64Array {
  const known = errors.filter((error) => !Number.isNaN(error));
  return Float64Array.of((known.reduce((a, b) => a + b, 0) / known.length) * errors.length);
}

/** The whole horizon's amount with its 80 % interval, from how far off sums over the judged steps were. */
function totalOf(
  mean: Float64Array,
  offsets: Float64Array,
  steps: number,
  floor: (value: number) => number,
): ItemForecast['total'] {
  const value = mean.reduce((a, b) => a + b, 0);
  const longer = mean.length / steps;
  return { value, low: floor(value + offsets[1]! * longer), high: floor(value + offsets[5]! * longer) };
}

function methodOf(
  candidate: ReturnType<typeof choose>[number]['candidate'],
  { weights, naiveName: naive }: LocalForecast,
): Pick<ItemForecast, 'method' | 'weights'> {
  switch (candidate) {
    case 'naive':
      return { method: naive, weights: { [naive]: 1 } };
    case 'own':
      return { method: Object.keys(weights).join('+'), weights };
    case 'global':
      return { method: TREES, weights: { [TREES]: 1 } };
    case 'both':
      return {
        method: [...Object.keys(weights), TREES].join('+'),
        weights: {
          ...Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight / 2])),
          [TREES]: 0.5,
        },
      };
  }
}

const absoluteError = (actual: Float64Array, forecast: Float64Array): number =>
  meanError(actual, forecast, Math.abs);
const squaredError = (actual: Float64Array, forecast: Float64Array): number =>
  meanError(actual, forecast, (error) => error ** 2);

function meanError(actual: Float64Array, forecast: Float64Array, of: (error: number) => number): number {
  let [sum, n] = [0, 0];
  for (let k = 0; k < actual.length; k++) {
    if (Number.isNaN(actual[k]!)) continue;
    sum += of(actual[k]! - forecast[k]!);
    n += 1;
  }
  return n === 0 ? Number.NaN : sum / n;
}

function judgementOf(
  values: Float64Array,
  season: number,
  errors: RollErrors,
  candidate: 'naive' | 'own' | 'global' | 'both',
  actuals: readonly Float64Array[],
): Omit<NonNullable<ItemForecast['judged']>, 'beatsNaive'> | undefined {
  const mean = (all: readonly number[]): number => {
    const known = all.filter((value) => !Number.isNaN(value));
    return known.reduce((a, b) => a + b, 0) / known.length;
  };
  const [error, naiveError] = [mean(errors[candidate] ?? errors.naive), mean(errors.naive)];
  if (!Number.isFinite(error) || !Number.isFinite(naiveError)) return undefined;
  const level = mean(actuals.flatMap((actual) => Array.from(actual, Math.abs)));
  const scale = mean(Array.from(values.subarray(season), (value, t) => Math.abs(value - values[t]!)));
  const over = (value: number, by: number) => (by > 0 ? value / by : value === 0 ? 0 : 1);
  return {
    rolls: actuals.length,
    steps: actuals[0]!.length,
    error,
    naiveError,
    relative: over(error, level),
    naiveRelative: over(naiveError, level),
    mase: over(error, scale),
    naiveMase: over(naiveError, scale),
  };
}
