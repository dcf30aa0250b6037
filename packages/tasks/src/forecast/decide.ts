/** From candidates and their forecasts of the past to a choice an item, with intervals and a judgement. */
import { CANDIDATES, type Candidate, type Choice, choose, type RollErrors } from './choose.ts';
import { countOffsetsOf, countsHeld, withCounts } from './counts.ts';
import {
  growthOfErrors,
  growthWithForecast,
  levelOfErrors,
  roughnessOf,
  sizeAt,
  sumOf,
  totalOf,
} from './error-size.ts';
import type { CandidateForecasts, FittedForecasts, GlobalCandidate, PreparedItem } from './fitted.ts';
import { scaleAt } from './global/features.ts';
import { endOf } from './history.ts';
import { isIntermittent } from './intermittent.ts';
import { type RolledErrors, spreadOf } from './intervals.ts';
import {
  apartOf,
  type ItemForecast,
  type LocalForecast,
  NETWORK,
  QUANTILES,
  type Rolls,
  TREES,
} from './model.ts';
import { packed } from './packed.ts';
import { rehearse } from './rehearse.ts';

export function chosenForecasts(
  prepared: readonly PreparedItem[],
  local: readonly LocalForecast[],
  global: GlobalCandidate | undefined,
  network?: CandidateForecasts,
): FittedForecasts {
  // Of tens of thousands of items nothing is kept that can be made again from what is there.
  const both = (a: Float64Array, b: Float64Array) => a.map((value, k) => (value + b[k]!) / 2);
  const rolledAt = (i: number, r: number, candidate: Choice['candidate']): Float64Array => {
    const { rolled, naiveRolled } = local[i]!;
    switch (candidate) {
      case 'naive':
        return naiveRolled[r]!;
      case 'own':
        return rolled[r]!;
      case 'global':
        return global!.rolled[i]![r]!;
      case 'both':
        return both(rolled[r]!, global!.rolled[i]![r]!);
      case 'network':
        return network!.rolled[i]![r]!;
      case 'own and network':
        return both(rolled[r]!, network!.rolled[i]![r]!);
    }
  };
  const rollsOf = (i: number): number => local[i]!.rolls?.origins.length ?? 0;
  const actualAt = (i: number, r: number): Float64Array => {
    const { origins, steps } = local[i]!.rolls!;
    return prepared[i]!.item.values.subarray(origins[r]!, origins[r]! + steps);
  };
  const counts = prepared.map(({ item }) => isIntermittent(item.values));
  const countOffsets = countOffsetsOf(prepared.flatMap(({ item }, i) => (counts[i] ? item.values : [])));
  const errorsOf = (
    i: number,
    names: readonly Choice['candidate'][],
    measure: typeof absoluteError,
  ): RollErrors =>
    Object.fromEntries(
      names.map((name) => [
        name,
        Array.from({ length: rollsOf(i) }, (_, r) => measure(actualAt(i, r), rolledAt(i, r, name))),
      ]),
    ) as unknown as RollErrors;
  const isThere: Readonly<Partial<Record<Candidate, boolean>>> = {
    own: true,
    ...(global && { global: true, both: true }),
    ...(network && { network: true, 'own and network': true }),
  };
  const names = ['naive', ...CANDIDATES.filter((name) => isThere[name])] as const;
  const absolute = prepared.map((_, i) => errorsOf(i, names, absoluteError));
  // Of counts that are mostly zero the mean is wanted, which the squared error asks for; the model of all items tells medians.
  const judging = absolute.map((errors, i) =>
    counts[i] ? errorsOf(i, ['naive', 'own'], squaredError) : errors,
  );
  const apart = local.map(({ rolls }) => apartOf(rolls));
  const choices = choose(judging, apart);
  const growth = growthOfErrors(prepared);
  // Of loads, too, errors are larger where more is told, though zero is not their floor.
  const grows = prepared.map(({ item }, i) => !counts[i] && item.values.every((value) => !(value < 0)));
  const sizes = prepared.map(({ values, season }) => scaleAt(values, values.length, season));
  const withForecast = growthWithForecast(
    prepared.flatMap((_, i) =>
      grows[i]
        ? [
            {
              told: Array.from({ length: rollsOf(i) }, (_, r) => rolledAt(i, r, 'own')),
              actual: Array.from({ length: rollsOf(i) }, (_, r) => actualAt(i, r)),
            },
          ]
        : [],
    ),
    growth,
  );
  /** Errors of a forecast beside those of one as large as the item. */
  const levelOf = (i: number, forecast: number, size = sizes[i]!): number =>
    grows[i] ? levelOfErrors(forecast, size, withForecast) : 1;
  const scaledError = (i: number, r: number, candidate: Choice['candidate']): Float64Array => {
    const told = rolledAt(i, r, candidate);
    const { values, season } = prepared[i]!;
    const origin = local[i]!.rolls!.origins[r]!;
    const scale = sizeAt(prepared[i]!, origin, growth);
    const then = scaleAt(values, origin, season);
    return actualAt(i, r).map((value, k) => (value - told[k]!) / (scale * levelOf(i, told[k]!, then)));
  };
  const rehearsals = rehearse({
    rolls: local.map(({ rolls }) => rolls),
    apart,
    candidates: names,
    judge: (i, r, candidate, steps) =>
      (counts[i] ? squaredError : absoluteError)(
        actualAt(i, r).subarray(0, steps),
        rolledAt(i, r, candidate).subarray(0, steps),
      ),
    scaledError,
  });
  const rolledErrors = prepared.map(
    ({ values }, i): RolledErrors => ({
      errors: packed(Array.from({ length: rollsOf(i) }, (_, r) => scaledError(i, r, choices[i]!.candidate))),
      rehearsals: rehearsals[i]!,
      origins: local[i]!.rolls?.origins ?? [],
      steps: local[i]!.rolls?.steps ?? 1,
      roughness: roughnessOf(prepared[i]!, local[i]!.rolls?.origins[0] ?? values.length, growth),
      isCounted: counts[i]!,
      scale: sizes[i]!,
    }),
  );
  const unknown: RolledErrors = { errors: [], origins: [], steps: 1, scale: 1, roughness: 1 };
  const spread = spreadOf([...rolledErrors, unknown]);
  const totals = spreadOf(
    rolledErrors.map((one) => ({
      ...one,
      // Whole horizons of counts are told by errors as all others are.
      isCounted: false,
      errors: one.errors.map(sumOf),
      // The sum of a roll is known about once most of its steps are.
      rehearsals: one.rehearsals!.flatMap((past) => {
        const most = past.known.filter(({ length }) => length >= MOSTLY * one.steps);
        if (most.length === 0) return [];
        return [
          {
            errors: sumOf(past.errors),
            known: most.map((errors) => sumOf(errors).map((sum) => (sum * one.steps) / errors.length)),
            blocks: past.blocks,
          },
        ];
      }),
    })),
  );
  const forecasts = prepared.map(({ item, season, horizon, isNonNegative }, i): ItemForecast => {
    const wide = QUANTILES.length;
    const { candidate, beatsNaive } = choices[i]!;
    const own = local[i]!;
    const candidates = {
      naive: own.naive,
      own: own.forecast,
      global: global?.forecasts[i],
      both: global && both(own.forecast, global.forecasts[i]!),
      network: network?.forecasts[i],
      'own and network': network && both(own.forecast, network.forecasts[i]!),
    };
    const floor = (value: number) => (isNonNegative ? Math.max(0, value) : value);
    const mean = (candidates[candidate] ?? own.naive).map(floor);
    const offsets = counts[i]
      ? countOffsets(item.values, mean)
      : spread.offsets(i, horizon).map((offset, at) => offset * levelOf(i, mean[Math.floor(at / wide)]!));
    const meanLevel = mean.reduce((sum, value) => sum + levelOf(i, value), 0) / horizon;
    const judgement = judgementOf(item.values, season, absolute[i]!, candidate, own.rolls);
    return {
      item: item.item,
      place: i,
      season,
      first: endOf(item),
      mean,
      naiveName: own.naiveName,
      total: totalOf(
        mean,
        totals.offsets(i, 1).map((offset) => offset * meanLevel),
        local[i]!.rolls?.steps ?? horizon,
        floor,
      ),
      quantiles: offsets.map((offset, at) => floor(mean[Math.floor(at / wide)]! + offset)),
      offsets,
      scale: rolledErrors[i]!.scale,
      ...(grows[i] && { growth: withForecast }),
      isNonNegative,
      forms: own.forms,
      ...methodOf(candidate, own),
      ...(judgement && { judged: { ...judgement, beatsNaive } }),
    };
  });
  return {
    forecasts,
    coverage: counts.includes(true)
      ? withCounts(
          spread,
          countsHeld(prepared, counts, local, countOffsets, (i, r) => rolledAt(i, r, choices[i]!.candidate)),
        )
      : spread.coverage,
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
    rolled: local.map(({ rolls }, i) => ({
      origins: rolls?.origins ?? [],
      forecasts: Array.from({ length: rollsOf(i) }, (_, r) => rolledAt(i, r, choices[i]!.candidate)),
    })),
    unknownOffsets: spread.offsets(
      prepared.length,
      prepared.reduce((most, { horizon }) => Math.max(most, horizon), 1),
    ),
  };
}

/** Of a roll's steps so many tell what all of them will come to. */
const MOSTLY = 0.7;

function methodOf(
  candidate: ReturnType<typeof choose>[number]['candidate'],
  { weights, naiveName: naive }: LocalForecast,
): Pick<ItemForecast, 'method' | 'weights' | 'ownWeights'> {
  switch (candidate) {
    case 'naive':
      return { method: naive, weights: { [naive]: 1 } };
    case 'own':
      return { method: Object.keys(weights).join('+'), weights };
    case 'global':
      return { method: TREES, weights: { [TREES]: 1 } };
    case 'network':
      return { method: NETWORK, weights: { [NETWORK]: 1 }, ownWeights: weights };
    case 'both':
      return halved(weights, TREES);
    case 'own and network':
      return { ...halved(weights, NETWORK), ownWeights: weights };
  }
}

/** The methods of an item that know it alone make half of the forecast, another the other half. */
const halved = (weights: LocalForecast['weights'], other: string) => ({
  method: [...Object.keys(weights), other].join('+'),
  weights: {
    ...Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight / 2])),
    [other]: 0.5,
  },
});

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
  candidate: Choice['candidate'],
  rolls: Rolls | undefined,
): Omit<NonNullable<ItemForecast['judged']>, 'beatsNaive'> | undefined {
  const mean = (all: readonly number[]): number => {
    const known = all.filter((value) => !Number.isNaN(value));
    return known.reduce((a, b) => a + b, 0) / known.length;
  };
  const [error, naiveError] = [mean(errors[candidate] ?? errors.naive), mean(errors.naive)];
  if (!rolls || !Number.isFinite(error) || !Number.isFinite(naiveError)) return undefined;
  const actuals = rolls.origins.map((origin) => values.subarray(origin, origin + rolls.steps));
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
